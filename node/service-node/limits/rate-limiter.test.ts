import { describe, expect, test } from "vitest";
import { RateLimiter } from "./rate-limiter.ts";

describe("rate limiter", () => {
  test("admits a burst, then the rate, and never saves up more than a burst", () => {
    let now = 0;
    const limiter = new RateLimiter({ perSecond: 2, burst: 3 }, () => now);
    const admitted = (peer: string, asks: number) =>
      Array.from({ length: asks }, () => limiter.admits(peer)).filter((isAdmitted) => isAdmitted).length;
    expect(admitted("a", 5)).toBe(3);
    expect(admitted("b", 5)).toBe(3);
    now = 400;
    expect(admitted("a", 5)).toBe(0);
    now = 500;
    expect(admitted("a", 5)).toBe(1);
    now = 100_000;
    expect(admitted("a", 5)).toBe(3);
  });

  test("forgets peers only when that changes nothing for them", () => {
    let now = 0;
    const limiter = new RateLimiter({ perSecond: 1, burst: 1 }, () => now);
    expect(limiter.admits("first")).toBe(true);
    for (let number = 0; number < 3_000; number += 1) {
      limiter.admits(`peer ${number}`);
    }
    expect(limiter.admits("first")).toBe(false);
    now = 1_000;
    limiter.admits("one more");
    expect(limiter.admits("first")).toBe(true);
  });
});
