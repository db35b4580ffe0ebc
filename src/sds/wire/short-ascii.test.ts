import fc from "fast-check";
import { expect, it } from "vitest";
import { LONGEST_SHORT, shortAscii } from "./short-ascii.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const expected = (text: string) => ([...text].every((character) => character < "\u0080") ? text : null);

/** Few characters and few endings, so that many texts of one length have one place. */
const crowded = fc
  .tuple(
    fc.string({ unit: fc.constantFrom("a", "b", "\u0080"), maxLength: 6 }),
    fc.constantFrom("", "tail", "\u00e1ail"),
  )
  .map((parts) => parts.join(""));

it("is the text of the bytes, whatever was read before", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(crowded, fc.nat(5)), { maxLength: 40 }), (reads) => {
      for (const [text, before] of reads) {
        const bytes = bytesOf("?".repeat(before) + text + "?");
        expect(shortAscii(bytes, before, before + text.length)).toBe(expected(text));
      }
    }),
    { numRuns: 500 },
  );
});

it("tells the longest texts apart that differ in their first character only, each from the others", () => {
  const texts = ["a", "b", "\u0080", "b", "a"].map((first) => first + "x".repeat(LONGEST_SHORT - 1));
  for (const text of [...texts, ...texts]) expect(shortAscii(bytesOf(text), 0, LONGEST_SHORT)).toBe(expected(text));
});

it("does not mix up texts of neighbouring places", () => {
  const texts = Array.from({ length: 1_200 }, (_, number) => `${number}`.padStart(LONGEST_SHORT, "."));
  for (const text of [...texts, ...texts]) expect(shortAscii(bytesOf(text), 0, LONGEST_SHORT)).toBe(text);
});

it("is nothing of nothing", () => {
  expect(shortAscii(bytesOf("abc"), 2, 2)).toBe("");
});
