import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUtf8, utf8Bytes, utf8Length } from "./utf8.ts";

const platformDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const platformDecode = (bytes: Uint8Array): string | null => {
  try {
    return platformDecoder.decode(bytes);
  } catch {
    return null;
  }
};

describe("UTF-8", () => {
  it("writes what TextEncoder writes, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.nat(0xffff))), (input) => {
        const text = typeof input === "string" ? input : String.fromCharCode(...input);
        const expected = new TextEncoder().encode(text);
        expect(utf8Bytes(text)).toEqual(expected);
        expect(utf8Length(text)).toBe(expected.length);
      }),
      { numRuns: 1_000 },
    );
  });

  //= protocol: WIRE-9
  it("reads and refuses what a fatal TextDecoder reads and refuses", () => {
    // Bytes around the edges of the encoding, so that valid and nearly valid sequences are common.
    const edge = fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0);
    const high = fc.constantFrom(0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0xff);
    fc.assert(
      fc.property(fc.array(fc.oneof(edge, high), { maxLength: 8 }), (values) => {
        const bytes = Uint8Array.from(values);
        expect(readUtf8(bytes, 0, bytes.length)).toBe(platformDecode(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it("refuses surrogates, overlong forms, code points that do not exist and cut sequences", () => {
    const refused = [
      [0xed, 0xa0, 0x80],
      [0xed, 0xbf, 0xbf],
      [0xc1, 0xbf],
      [0xe0, 0x9f, 0xbf],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
      [0xe2, 0x98],
      [0x80],
    ];
    for (const values of refused) expect(readUtf8(Uint8Array.from(values), 0, values.length)).toBeNull();
    expect(readUtf8(Uint8Array.of(0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80), 0, 6)).toBe("\ud7ff\ue000");
    expect(readUtf8(Uint8Array.of(0xf4, 0x8f, 0xbf, 0xbf), 0, 4)).toBe("\u{10ffff}");
  });

  it("reads only its range, and texts longer than one chunk", () => {
    const bytes = utf8Bytes("aäb");
    expect(readUtf8(bytes, 1, 3)).toBe("ä");
    expect(readUtf8(bytes, 1, 2)).toBeNull();
    const long = "aä☀😀".repeat(5_000);
    const longBytes = utf8Bytes(long);
    expect(readUtf8(longBytes, 0, longBytes.length)).toBe(long);
  });
});
