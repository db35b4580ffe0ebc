import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import { isAhead, isExactLamport, mergeLamport, tickLamport } from "./lamport-clock.ts";

const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const lamport = fc.oneof(time, fc.maxSafeNat());

describe("the Lamport clock", () => {
  //= protocol: TIME-1
  it("ticks above everything before and never behind real time", () => {
    fc.assert(
      fc.property(time, time, (local, now) => {
        const next = tickLamport(local, now);
        expect(next > local && next >= now).toBe(true);
        expect(next === now || next === local + 1).toBe(true);
      }),
    );
    expect(tickLamport(0, 1_000.75)).toBe(1_000);
  });

  //= protocol: TIME-2
  it("merges what is within ten minutes of real time and nothing beyond", () => {
    const now = 1_760_000_000_000;
    expect(mergeLamport(5, now + LAMPORT_EMBARGO_MS, now)).toBe(now + LAMPORT_EMBARGO_MS);
    expect(mergeLamport(5, now + LAMPORT_EMBARGO_MS + 1, now)).toBe(5);
    expect(isAhead(now + 600_000, now)).toBe(false);
    expect(isAhead(now + 600_001, now)).toBe(true);
  });

  it("stays within ten minutes of real time whatever comes in, and never goes back", () => {
    const step = fc.record({ tick: fc.boolean(), lamport, pause: fc.nat(1_000_000) });
    fc.assert(
      fc.property(time, fc.array(step, { maxLength: 50 }), (start, steps) => {
        let now = start;
        let local = 0;
        let ticks = 0;
        for (const next of steps) {
          now += next.pause;
          const before = local;
          if (next.tick) {
            ticks++;
            local = tickLamport(local, now);
          } else local = mergeLamport(local, next.lamport, now);
          expect(local >= before).toBe(true);
          expect(local <= now + LAMPORT_EMBARGO_MS + ticks).toBe(true);
        }
      }),
    );
  });

  //= protocol: TIME-4
  it("accepts only what a number holds exactly", () => {
    expect([0, 1, 2 ** 53 - 1].every(isExactLamport)).toBe(true);
    expect([2 ** 53, -1, 1.5, Number.NaN, 2n ** 53n, 2n ** 64n - 1n].some(isExactLamport)).toBe(false);
  });
});
