import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextResendDelay } from "./resend-schedule.ts";

const limits = { firstMs: 5_000, maxMs: 300_000 };

describe("the resend schedule", () => {
  //= protocol: SEND-3
  it("doubles from 5 s to 5 min", () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8, 50, 5_000].map((attempt) => nextResendDelay(attempt, limits, () => 0.5));
    expect(middle).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000, 300_000]);
  });

  //= protocol: SEND-3
  it("varies by 20 % either way, at the cap too, and never leaves that range", () => {
    expect(nextResendDelay(1, limits, () => 0)).toBe(4_000);
    expect(nextResendDelay(1, limits, () => 0.999_999)).toBe(6_000);
    expect(nextResendDelay(9, limits, () => 0)).toBe(240_000);
    fc.assert(
      fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
        const delay = nextResendDelay(attempt, limits, () => random);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(4_000);
        expect(delay).toBeLessThanOrEqual(360_000);
      }),
    );
  });
});
