import { describe, expect, it } from "vitest";
import type { StepInput } from "../../sds/io/step-input.ts";
import { HORIZON_MS } from "../../sds/parameters/parameters.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { markHistoryRead } from "./history-mark.ts";

/** Where the cursor is put when a read that began `later` ends, of what these people said so long after the start. */
async function cursorOf(later: number, said: Readonly<Record<string, number>>) {
  const core = new OneCore();
  const start = core.now;
  for (const [sender, after] of Object.entries(said)) core.hear(sender, [], { lamport: start + after });
  if (said.me !== undefined) core.say("hello");
  const inputs: StepInput[] = [];
  const dispatch = async (input: StepInput) => void inputs.push(input);
  await markHistoryRead({ state: core.state, intake: { idle: async () => {} }, dispatch }, start + later, "a");
  const [input] = inputs;
  return input?.kind === "history-read" ? input.cursor - start : null;
}

describe("the history cursor", () => {
  it("is at what others said last, and never behind the beginning of the read", async () => {
    expect(await cursorOf(60_000, { ben: 10_000, cleo: 20_000 })).toBe(20_000);
    expect(await cursorOf(15_000, { ben: 20_000 })).toBe(15_000);
  });

  it("is a day back when nobody was heard for longer, whatever one said oneself", async () => {
    expect(await cursorOf(60_000, {})).toBe(60_000 - HORIZON_MS);
    expect(await cursorOf(HORIZON_MS + 90_000, { ben: 10_000 })).toBe(90_000);
  });

  it("moves only when what senders say of themselves was applied", async () => {
    const core = new OneCore();
    let applied = () => {};
    const idle = () =>
      new Promise<void>((resolve) => {
        applied = () => {
          core.hear("ben", [], { lamport: core.now - 5 });
          resolve();
        };
      });
    const cursors: number[] = [];
    const dispatch = async (input: StepInput) => {
      if (input.kind === "history-read") cursors.push(input.cursor);
    };
    const marked = markHistoryRead({ state: core.state, intake: { idle }, dispatch }, core.now, "a");
    expect(cursors).toEqual([]);
    applied();
    await marked;
    expect(cursors).toEqual([core.now - 5]);
  });
});
