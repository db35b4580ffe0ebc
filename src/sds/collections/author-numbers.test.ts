import fc from "fast-check";
import { expect, test } from "vitest";
import { createAuthorNumbers } from "./author-numbers.ts";

test("knows each number once and counts what lies between, in any order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 60 }), (numbers) => {
      const ours = createAuthorNumbers();
      const seen = new Set<number>();
      for (const number of numbers) {
        expect(ours.add(number)).toBe(!seen.has(number));
        seen.add(number);
        const between = Math.max(...seen) - Math.min(...seen) + 1;
        expect(ours.gaps()).toBe(between - seen.size);
      }
    }),
  );
});

test("a number of any size costs no more than any other", () => {
  const numbers = createAuthorNumbers();
  expect(numbers.gaps()).toBe(0);
  for (const number of [1, 2 ** 52, 2, 2 ** 53 - 1]) expect(numbers.add(number)).toBe(true);
  expect(numbers.add(2 ** 52)).toBe(false);
  expect(numbers.gaps()).toBe(2 ** 53 - 5);
});
