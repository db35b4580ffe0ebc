import { expect, test } from "vitest";
import { GrowingNumbers } from "./growing-numbers.ts";

test("numbers stay where they are put, however many come, and what was not put is 0", () => {
  const numbers = new GrowingNumbers();
  for (let value = 0; value < 5_000; value++) numbers.push(value - 2_500);
  numbers.set(3, 77);
  numbers.set(20_000, -1);
  expect(numbers.length).toBe(20_001);
  expect([0, 3, 1_023, 1_024, 4_999, 5_000, 20_000, 20_001].map((place) => numbers.at(place))).toEqual([
    -2_500, 77, -1_477, -1_476, 2_499, 0, -1, 0,
  ]);
});
