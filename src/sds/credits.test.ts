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
