import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createPushBudget } from "./push-budget.ts";

const MIB = 1024 * 1024;

test("so much may come at once, and a mebibyte a second for ever", () => {
  const clock = createVirtualClock(0);
  const budget = createPushBudget(clock);
  expect([budget.spend(32 * MIB), budget.spend(1)]).toEqual([true, false]);
  clock.advance(1_000);
  const steady = createPushBudget(clock);
  for (let second = 0; second < 100; second++) {
    expect(steady.spend(MIB)).toBe(true);
    clock.advance(1_000);
  }
  expect([steady.spend(32 * MIB), steady.spend(1)]).toEqual([true, false]);
});

test("what was not pushed is not saved up, and a clock that is set back gives nothing", () => {
  let now = 0;
  const budget = createPushBudget({ now: () => now });
  now = 3_600_000;
  expect([budget.spend(32 * MIB), budget.spend(1)]).toEqual([true, false]);
  now = 0;
  expect(budget.spend(1)).toBe(false);
});
