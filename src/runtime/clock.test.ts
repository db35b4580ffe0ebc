import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { clockContract } from "./clock-contract.ts";
import { systemClock } from "./system-clock.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const START = 1_760_000_000_000;
const DAY = 86_400_000;

describe("systemClock", () => {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  clockContract(() => ({
    clock: systemClock,
    // Twice: on a machine that stalls, timers that a late callback schedules still get their time.
    pass: async (ms) => {
      await wait(ms);
      await wait(ms);
    },
  }));

  describe("with delays beyond 2^31 ms", () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    it("waits the whole delay and can be cancelled on the way", () => {
      vi.useFakeTimers();
      const calls: string[] = [];
      systemClock.schedule(60 * DAY, () => calls.push("60 days"));
      const cancel = systemClock.schedule(50 * DAY, () => calls.push("50 days"));
      vi.advanceTimersByTime(30 * DAY);
      cancel();
      vi.advanceTimersByTime(30 * DAY - 1);
      expect(calls).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(calls).toEqual(["60 days"]);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});

describe("virtual clock", () => {
  clockContract(() => {
    const clock = createVirtualClock(START);
    return { clock, pass: (ms) => clock.advanceSettled(ms) };
  });

  it("fires any set of timers in (time, order of scheduling), at their own time, and none that was cancelled", () => {
    const timer = fc.record({ ms: fc.integer({ min: 0, max: 50 }), cancelled: fc.boolean() });
    fc.assert(
      fc.property(fc.array(timer, { maxLength: 100 }), fc.integer({ min: 0, max: 60 }), (timers, ms) => {
        const clock = createVirtualClock(START);
        const fired: { index: number; at: number }[] = [];
        const cancels = timers.map((each, index) =>
          clock.schedule(each.ms, () => fired.push({ index, at: clock.now() - START })),
        );
        timers.forEach((each, index) => {
          if (each.cancelled) cancels[index]?.();
        });
        clock.advance(ms);
        const live = timers
          .map((each, index) => ({ index, at: each.ms, cancelled: each.cancelled }))
          .filter((t) => !t.cancelled);
        const due = live.filter(({ at }) => at <= ms).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(fired).toEqual(due.map(({ index, at }) => ({ index, at })));
        expect(clock.pending).toBe(live.length - due.length);
        expect(clock.now()).toBe(START + ms);
      }),
    );
  });

  it("fires within one advance what callbacks schedule, and tells when the next timer is due", () => {
    const clock = createVirtualClock(START);
    const times: number[] = [];
    const tick = (): void => {
      times.push(clock.now() - START);
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    clock.runUntil(START + 35);
    expect(times).toEqual([10, 20, 30]);
    expect(clock.nextAt()).toBe(START + 40);
    clock.runUntil(START);
    expect(clock.now()).toBe(START + 35);
  });

  it("lets promise chains of any depth run between two instants", async () => {
    const clock = createVirtualClock(START);
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.schedule(ms, resolve));
    const times: number[] = [];
    const run = async (): Promise<void> => {
      for (let round = 0; round < 3; round++) {
        await sleep(100);
        for (let depth = 0; depth < 200; depth++) await null;
        times.push(clock.now() - START);
      }
    };
    const running = run();
    await clock.advanceSettled(1_000);
    await running;
    expect(times).toEqual([100, 200, 300]);
    expect(clock.now()).toBe(START + 1_000);
  });

  it("stops at the instant at which a condition holds", async () => {
    const clock = createVirtualClock(START);
    let done = false;
    clock.schedule(70, () => {
      done = true;
    });
    expect(await clock.runUntilDone(() => done, 50)).toBe(false);
    expect(clock.now()).toBe(START + 50);
    expect(await clock.runUntilDone(() => done, 50)).toBe(true);
    expect(clock.now()).toBe(START + 70);
  });

  it("stays usable when a callback throws", () => {
    const clock = createVirtualClock(START);
    const calls: string[] = [];
    clock.schedule(1, () => {
      throw new Error("callback failed");
    });
    clock.schedule(2, () => calls.push("next"));
    expect(() => clock.advance(5)).toThrow("callback failed");
    clock.advance(5);
    expect(calls).toEqual(["next"]);
  });

  it("reports zero delays that schedule each other without end", () => {
    const clock = createVirtualClock(START);
    const loop = (): void => void clock.schedule(0, loop);
    loop();
    expect(() => clock.advance(1)).toThrow("zero delay");
  });
});
