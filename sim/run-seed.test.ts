import { describe, expect, it } from "vitest";
import { runSeed } from "./run-seed.ts";

describe("a seed", () => {
  it("gives the same run again, and another seed another one", () => {
    const hashes = [2, 3, 4, 6].map((seed) => runSeed(seed).traceHash);
    expect([2, 3, 4, 6].map((seed) => runSeed(seed).traceHash)).toEqual(hashes);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("gives another run in other weather", () => {
    expect(runSeed(3, { settings: { loss: 0.5 } }).traceHash).not.toBe(runSeed(3).traceHash);
  });

  it("can be told apart by its trace", () => {
    const lines: string[] = [];
    const { traceHash } = runSeed(3, { print: (line) => lines.push(line) });
    expect(lines.length).toBeGreaterThan(100);
    expect(traceHash).toBe(runSeed(3).traceHash);
  });
});
