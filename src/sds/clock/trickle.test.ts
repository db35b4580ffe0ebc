import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fireTrickle,
  nextTrickleAt,
  startTrickle,
  type TrickleState,
  trickleConsistent,
  trickleInconsistent,
} from "./trickle.ts";

const parameters = { iMinMs: 30_000, iMaxMs: 900_000, k: 2 };
const half = (): number => 0.5;

/** Fires whenever it is due until `until`; the times at which it spoke. */
function run(state: TrickleState, until: number, random: () => number, before?: (at: number) => void): number[] {
  const spoken: number[] = [];
  for (let at = nextTrickleAt(state); at <= until; at = nextTrickleAt(state)) {
    before?.(at);
    if (fireTrickle(state, at, random).send) spoken.push(at);
  }
  return spoken;
}

describe("Trickle", () => {
  it("speaks once in the second half of each interval, and intervals double up to the maximum", () => {
    const state = startTrickle(parameters, 0, half);
    // Intervals begin at 0, 30, 90, 210, 450, 930, 1830 (900 long from there on) and t is three quarters in.
    const expected = [22_500, 75_000, 180_000, 390_000, 810_000, 1_605_000, 2_505_000, 3_405_000];
    expect(run(state, 3_500_000, half)).toEqual(expected);
    expect(state.intervalMs).toBe(900_000);
  });

  it("draws t from the half-open second half [I/2, I)", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.maxSafeNat(), (random, now) => {
        fc.pre(now < 2 ** 50);
        const at = nextTrickleAt(startTrickle(parameters, now, () => random));
        expect(at >= now + 15_000 && at < now + 30_000).toBe(true);
      }),
    );
  });

  it("speaks before the interval ends for the largest random number too", () => {
    for (const iMinMs of [30_000, 20_000, 901, 2]) {
      const state = startTrickle({ ...parameters, iMinMs }, 0, () => 1 - 2 ** -53);
      expect(nextTrickleAt(state)).toBeLessThan(iMinMs);
    }
  });

  //= protocol: TRICKLE-2
  it("is silent in an interval with k consistent messages before t, and counts anew in the next", () => {
    const state = startTrickle(parameters, 0, half);
    trickleConsistent(state);
    trickleConsistent(state);
    expect(fireTrickle(state, 22_500, half)).toEqual({ send: false, nextAt: 30_000 });
    expect(fireTrickle(state, 30_000, half)).toEqual({ send: false, nextAt: 75_000 });
    trickleConsistent(state);
    expect(fireTrickle(state, 75_000, half).send).toBe(true);
  });

  it("does not carry consistent messages heard after t into the next interval", () => {
    const state = startTrickle(parameters, 0, half);
    fireTrickle(state, 22_500, half);
    trickleConsistent(state);
    trickleConsistent(state);
    fireTrickle(state, 30_000, half);
    expect(fireTrickle(state, 75_000, half).send).toBe(true);
  });

  it("starts anew at the minimum on a difference, and a flood of differences cannot silence it", () => {
    const state = startTrickle(parameters, 0, half);
    run(state, 1_000_000, half);
    expect(state.intervalMs).toBeGreaterThan(30_000);
    expect(trickleInconsistent(state, 1_000_000, half)).toBe(1_022_500);
    for (let at = 1_000_001; at < 1_022_500; at += 1_000) expect(trickleInconsistent(state, at, half)).toBe(1_022_500);
    expect(fireTrickle(state, 1_022_500, half).send).toBe(true);
    // t has passed, the interval has not: still no new interval.
    expect(trickleInconsistent(state, 1_025_000, half)).toBe(1_030_000);
  });

  it("changes nothing when fired early, and speaks at most once after a long sleep", () => {
    const state = startTrickle(parameters, 0, half);
    const before = structuredClone(state);
    expect(fireTrickle(state, 22_499, half)).toEqual({ send: false, nextAt: 22_500 });
    expect(state).toEqual(before);
    const woken = fireTrickle(state, 50_000_000, half);
    expect(woken.send).toBe(true);
    expect(woken.nextAt).toBeGreaterThan(50_000_000);
    expect(fireTrickle(state, 50_000_001, half).send).toBe(false);
  });

  it("always moves on: nextAt lies behind the time it was fired at, and silence lasts less than 1.5 I_max", () => {
    const event = fc.record({
      kind: fc.constantFrom("consistent", "inconsistent", "none"),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        let index = 0;
        const random = (): number => events[index % events.length]?.random ?? 0;
        const state = startTrickle({ ...parameters, k: 1_000 }, 0, random);
        let last = 0;
        for (const at of run(state, 20_000_000, random, (due) => {
          const { kind } = events[index++ % events.length] ?? { kind: "none" };
          if (kind === "consistent") trickleConsistent(state);
          if (kind === "inconsistent") trickleInconsistent(state, due, random);
        })) {
          expect(at).toBeGreaterThan(last);
          expect(at - last).toBeLessThan(1.5 * 900_000 + 1);
          last = at;
        }
        expect(last).toBeGreaterThan(0);
      }),
    );
  });

  it("refuses parameters that make no sense, and is plain data", () => {
    expect(() => startTrickle({ iMinMs: 0, iMaxMs: 1, k: 1 }, 0, half)).toThrow(RangeError);
    expect(() => startTrickle({ iMinMs: 2, iMaxMs: 1, k: 1 }, 0, half)).toThrow(RangeError);
    expect(() => startTrickle({ iMinMs: 1, iMaxMs: 1, k: 0 }, 0, half)).toThrow(RangeError);
    const state = startTrickle(parameters, 0, half);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});
