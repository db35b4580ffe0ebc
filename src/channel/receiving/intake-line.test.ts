import { expect, test } from "vitest";
import { createIntakeLine } from "./intake-line.ts";

test("says when the first of those that wait came, and nothing when nobody waits", () => {
  const line = createIntakeLine();
  expect(line.since()).toBeNull();
  line.join(5);
  line.join(7);
  expect(line.since()).toBe(5);
  line.leave();
  expect(line.since()).toBe(7);
  line.leave();
  expect(line.since()).toBeNull();
});

test("keeps its place however many have passed", () => {
  const line = createIntakeLine();
  for (let number = 0; number < 1_000; number++) {
    line.join(2 * number);
    line.join(2 * number + 1);
    expect(line.since()).toBe(number);
    line.leave();
  }
  for (let number = 1_000; number < 2_000; number++) {
    expect(line.since()).toBe(number);
    line.leave();
  }
  expect(line.since()).toBeNull();
});
