import { describe, expect, it } from "vitest";
import type { Change } from "../../sds/io/records.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createOldRows } from "./old-rows.ts";

const START = 1_700_000_000_000;

/** A channel of `messages`, each with a summary, and of `rows` that are not folded. */
async function old(messages: number, rows: number) {
  const core = new OneCore();
  for (let n = 0; n < messages; n++) core.receive(`m${n}`, "ben", { lamport: START + n, source: "store" });
  const { state } = core;
  const channel = state.identity.channelId;
  const storage = createMemoryStorage();
  const summaries = Array.from({ length: messages }, (_, n): Change => {
    return { op: "put", table: "summary", record: { lamport: START + n, bytes: new Uint8Array(9) } };
  });
  const ledger = Array.from({ length: rows }, (_, n): Change => {
    return {
      op: "put",
      table: "ledger",
      record: { seq: n + 1, at: START + n, ids: [asMessageId("m1")], kind: "accepted" },
    };
  });
  await storage.commit(channel, [...summaries, ...ledger], "strict");
  (state.ledger as { seq: number }).seq = rows;
  const firstRow = async () => (await storage.readLedger(channel, 0, 1))[0]?.seq ?? null;
  const firstSummary = async () => ((await storage.firstSummary(channel)) ?? Number.NaN) - START;
  const since = () => state.holes.detailsSince - START;
  return { rows: createOldRows(state, storage, 1_000), firstRow, firstSummary, since };
}

describe("what the ledger told", () => {
  it("goes the oldest first: rows that no view asks for, then summaries, and of neither the newest", async () => {
    const { rows, firstRow, firstSummary, since } = await old(2_250, 3_500);
    expect(await rows.giveUpBatch()).toBe(true);
    expect([await firstRow(), await firstSummary(), since()]).toEqual([1_001, 0, 1_000]);
    expect(await rows.giveUpBatch()).toBe(true);
    expect([await firstRow(), await firstSummary(), since()]).toEqual([1_501, 0, 1_500]);
    expect(await rows.giveUpBatch()).toBe(true);
    expect([await firstRow(), await firstSummary()]).toEqual([1_501, 1_000]);
    expect(await rows.giveUpBatch()).toBe(true);
    expect([await firstRow(), await firstSummary(), since()]).toEqual([1_501, 1_250, 1_500]);
    expect(await rows.giveUpBatch()).toBe(false);
    expect(await firstSummary()).toBe(1_250);
  });

  it("that is not there does not go, and nobody is told that it did", async () => {
    const few = await old(10, 2_000);
    expect(await few.rows.giveUpBatch()).toBe(false);
    expect(few.since()).toBe(-START);
    const none = await old(0, 0);
    expect(await none.rows.giveUpBatch()).toBe(false);
  });

  it("of many messages says from where on it is there", async () => {
    const { rows, since } = await old(1_500, 0);
    expect(await rows.giveUpBatch()).toBe(true);
    expect(since()).toBe(500);
    expect(await rows.giveUpBatch()).toBe(false);
  });
});
