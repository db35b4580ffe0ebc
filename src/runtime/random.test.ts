import { describe, expect, it } from "vitest";
import type { Random } from "./port.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { systemRandom } from "./system-random.ts";

/** Pearson's statistic of `counts` against equal shares. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** 255 degrees of freedom: above this once in about 10^9 runs, so that a random source does not fail by chance. */
const CHI_SQUARE_LIMIT = 400;

function randomContract(make: () => Random): void {
  it("gives numbers in [0, 1), evenly spread, also in their low bits", () => {
    const random = make();
    const high = new Array<number>(256).fill(0);
    const low = new Array<number>(256).fill(0);
    for (let draw = 0; draw < 50_000; draw++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      const top = Math.floor(value * 256);
      high[top] = (high[top] ?? 0) + 1;
      const bottom = Math.floor(value * 2 ** 53) % 256;
      low[bottom] = (low[bottom] ?? 0) + 1;
    }
    expect(chiSquare(high)).toBeLessThan(CHI_SQUARE_LIMIT);
    expect(chiSquare(low)).toBeLessThan(CHI_SQUARE_LIMIT);
  });

  it("gives fresh bytes of any length, evenly spread to the last", () => {
    const random = make();
    for (const length of [0, 1, 3, 4, 5, 32, 65_536, 200_001]) expect(random.bytes(length)).toHaveLength(length);
    const bytes = random.bytes(200_001);
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes.subarray(100_000)) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(chiSquare(counts)).toBeLessThan(CHI_SQUARE_LIMIT);
    expect(random.bytes(16)).not.toEqual(random.bytes(16));
  });
}

describe("systemRandom", () => randomContract(() => systemRandom));

describe("seeded random", () => {
  randomContract(() => createSeededRandom(1));

  const draw = (seed: number): number[] => {
    const random = createSeededRandom(seed);
    return Array.from({ length: 8 }, () => random.next());
  };

  it("replays the same run from the same seed", () => {
    expect(draw(42)).toEqual(draw(42));
    expect(createSeededRandom(7).bytes(10)).toEqual(createSeededRandom(7).bytes(10));
  });

  it("gives unrelated runs for all kinds of neighbouring seeds", () => {
    const seeds = [0, 1, 2, 3, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53 - 2];
    const firsts = seeds.map((seed) => Math.floor((draw(seed)[0] ?? 0) * 2 ** 16));
    expect(new Set(firsts).size).toBe(seeds.length);
  });

  it("keeps its stream from release to release, so that a reported seed can be replayed", () => {
    expect(draw(20_260_101).slice(0, 2)).toEqual([0.8295927154626491, 0.820799568613688]);
  });

  it("refuses a seed that is no number", () => {
    expect(() => createSeededRandom(Number.NaN)).toThrow("finite");
  });
});
