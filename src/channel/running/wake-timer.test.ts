import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { createWakeTimer, MAX_WAKE_DELAY_MS } from "./wake-timer.ts";

const START = 1_800_000_000_000;

function timer(first: number) {
  const clock = createVirtualClock(START);
  const woken: number[] = [];
  const plan = { at: first, asked: 0 };
  const delays: number[] = [];
  const schedule: typeof clock.schedule = (ms, wake) => {
    delays.push(ms);
    return clock.schedule(ms, wake);
  };
  const wakes = createWakeTimer({
    clock: { now: clock.now, schedule },
    nextAt: () => {
      plan.asked++;
      return plan.at;
    },
    wake: () => woken.push(clock.now() - START),
  });
  return { clock, woken, plan, wakes, delays };
}

describe("a wake timer", () => {
  it("wakes when it is due, once, also when it was planned many times", async () => {
    const { clock, woken, plan, wakes } = timer(START + 500);
    for (let n = 0; n < 5; n++) wakes.plan();
    await clock.advanceSettled(2_000);
    // Once for the plan, once when the timer ran out.
    expect([woken, plan.asked]).toEqual([[500], 2]);
  });

  it("goes by the newest plan", async () => {
    const { clock, woken, plan, wakes } = timer(START + 500);
    wakes.plan();
    await clock.advanceSettled(100);
    plan.at = START + 300;
    wakes.plan();
    await clock.advanceSettled(2_000);
    expect(woken).toEqual([300]);
  });

  it("wakes at once for what is overdue, and within a minute when nothing is planned", async () => {
    const { clock, woken, plan, wakes, delays } = timer(START - 5_000);
    wakes.plan();
    await clock.advanceSettled(0);
    expect([woken, delays]).toEqual([[0], [0]]);
    plan.at = Number.POSITIVE_INFINITY;
    wakes.plan();
    await clock.advanceSettled(10 * MAX_WAKE_DELAY_MS);
    expect(woken).toEqual([0, MAX_WAKE_DELAY_MS]);
  });

  it("sets no other timer for what is put off, and wakes when that is due", async () => {
    const { clock, woken, plan, wakes, delays } = timer(START + 500);
    for (let ms = 0; ms < 400; ms += 100) {
      plan.at = START + ms + 500;
      wakes.plan();
      await clock.advanceSettled(100);
    }
    expect([woken, delays]).toEqual([[], [500]]);
    await clock.advanceSettled(1_000);
    expect([woken, delays]).toEqual([[800], [500, 300]]);
  });

  it("sets no other timer for a plan that stays as it was", async () => {
    const { clock, woken, wakes, delays } = timer(START + 500);
    for (let times = 0; times < 3; times++) {
      wakes.plan();
      await clock.advanceSettled(0);
    }
    expect(delays).toEqual([500]);
    await clock.advanceSettled(500);
    expect(woken).toEqual([500]);
  });

  it("is not late when its clock is set: the next plan sets another timer", async () => {
    for (const setByMs of [-3_600_000, 3_600_000]) {
      let setBy = 0;
      const virtual = createVirtualClock(START);
      const clock = { now: () => virtual.now() + setBy, schedule: virtual.schedule };
      const woken: number[] = [];
      let at = START + 40_000;
      const wakes = createWakeTimer({ clock, nextAt: () => at, wake: () => woken.push(virtual.now() - START) });
      wakes.plan();
      await virtual.advanceSettled(1_000);
      setBy = setByMs;
      at = clock.now() + 500;
      wakes.plan();
      await virtual.advanceSettled(2_000);
      expect(woken).toEqual([1_500]);
      expect(virtual.pending).toBe(0);
    }
  });

  it("wakes a minute after the last plan, not after the first, when nothing is due", async () => {
    const { clock, woken, wakes } = timer(Number.POSITIVE_INFINITY);
    wakes.plan();
    await clock.advanceSettled(30_000);
    wakes.plan();
    await clock.advanceSettled(10 * MAX_WAKE_DELAY_MS);
    expect(woken).toEqual([30_000 + MAX_WAKE_DELAY_MS]);
  });

  it("wakes no more when it is closed, planned or not", async () => {
    const { clock, woken, wakes } = timer(START + 500);
    wakes.plan();
    await clock.advanceSettled(100);
    wakes.plan();
    wakes.close();
    await clock.advanceSettled(2_000);
    wakes.plan();
    await clock.advanceSettled(2_000);
    expect([woken, clock.pending]).toEqual([[], 0]);
  });
});
