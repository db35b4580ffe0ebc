import { expect, it } from "vitest";
import type { Clock } from "./port.ts";

/** A clock and a way to let its time pass. */
export interface ClockFixture {
  readonly clock: Clock;
  pass(ms: number): Promise<void>;
}

/** What every `Clock` must do; registers tests. Delays are short, since one of the clocks is real. */
export function clockContract(make: () => ClockFixture): void {
  it("tells milliseconds since the epoch that grow as time passes", async () => {
    const { clock, pass } = make();
    const before = clock.now();
    expect(before).toBeGreaterThan(1_600_000_000_000);
    await pass(20);
    expect(clock.now() - before).toBeGreaterThanOrEqual(19);
  });

  it("calls back once, not before its time, and never during schedule", async () => {
    const { clock, pass } = make();
    const start = clock.now();
    const calls: number[] = [];
    clock.schedule(20, () => calls.push(clock.now() - start));
    for (const ms of [0, -5]) clock.schedule(ms, () => calls.push(-1));
    expect(calls).toEqual([]);
    await pass(60);
    expect(calls.slice(0, 2)).toEqual([-1, -1]);
    expect(calls).toHaveLength(3);
    expect(calls[2]).toBeGreaterThanOrEqual(19);
  });

  it("fires in time order, ties in the order of scheduling", async () => {
    const { clock, pass } = make();
    const calls: string[] = [];
    clock.schedule(30, () => calls.push("late"));
    clock.schedule(10, () => calls.push("first"));
    clock.schedule(10, () => calls.push("second"));
    await pass(80);
    expect(calls).toEqual(["first", "second", "late"]);
  });

  it("does not call back what was cancelled; cancelling again or after the fact does nothing", async () => {
    const { clock, pass } = make();
    const calls: string[] = [];
    const cancel = clock.schedule(10, () => calls.push("cancelled"));
    const cancelLater = clock.schedule(10, () => calls.push("kept"));
    cancel();
    cancel();
    await pass(50);
    cancelLater();
    expect(calls).toEqual(["kept"]);
  });

  it("lets a callback schedule and cancel", async () => {
    const { clock, pass } = make();
    const calls: string[] = [];
    const victim = clock.schedule(40, () => calls.push("victim"));
    clock.schedule(5, () => {
      victim();
      clock.schedule(5, () => calls.push("child"));
    });
    await pass(120);
    expect(calls).toEqual(["child"]);
  });
}
