import { expect, test } from "vitest";
import { createCredits } from "./credits.ts";

test("what a claim is bound to is what is kept of it, also when no epoch is free", () => {
  const credits = createCredits();
  for (let value = 1_000; value < 1_254; value++) expect(credits.bound(value)).toBe(value);
  expect(credits.bound(1_100)).toBe(1_100);
  // Infinity is one of the 255, so none is free.
  expect(credits.bound(5)).toBe(1_000);
  expect(credits.bound(2_000)).toBe(Number.POSITIVE_INFINITY);
  credits.credit(7, credits.bound(5));
  expect(credits.since(7)).toBe(1_000);
  expect(credits.since(8)).toBe(null);
});

test("credits far apart cost no more than the pages that they are in, and none of the others", () => {
  const before = process.memoryUsage().arrayBuffers;
  const all = Array.from({ length: 100 }, () => {
    const credits = createCredits();
    credits.credit(999_999, 5);
    return credits;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  for (const credits of all) {
    expect([999_998, 999_999, 1_000_000, 0, 2 ** 30].map(credits.since)).toEqual([null, 5, null, null, null]);
  }
});

test("the lower complete_since is kept, over the borders of pages", () => {
  const credits = createCredits();
  for (let number = 1_000; number < 3_100; number++) credits.credit(number, number % 3);
  for (let number = 1_000; number < 3_100; number++) credits.credit(number, 1);
  for (let number = 1_000; number < 3_100; number++) expect(credits.since(number)).toBe(Math.min(number % 3, 1));
  expect(credits.has(999) || credits.has(3_100)).toBe(false);
});
