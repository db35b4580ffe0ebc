import { expect, it } from "vitest";
import { runFullSeed } from "./run-full.ts";

it("a world on the real channel breaks nothing, and is the same again from the same seed", async () => {
  const settings = { participants: 3, hostile: 1, hostileActs: 12, messages: 5, durationMs: 5 * 60_000 };
  const first = await runFullSeed(4, { settings });
  expect(first.violation).toBeNull();
  expect(first.counts.messages).toBeGreaterThan(0);
  expect((await runFullSeed(4, { settings })).traceHash).toBe(first.traceHash);
});
