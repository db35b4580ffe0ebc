import { describe, expect, it, vi } from "vitest";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { createEventLog } from "./event-log.ts";

const ID = asMessageId("0a".repeat(32));
const row = (seq: number): LedgerRow => ({ seq, at: 0, ids: [ID], kind: "removed" });
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => row(from + n));

/** A log with so many rows on disk; what is published is there as well. */
function logOf(stored: number, replaced: (inner: ChannelStorage) => Partial<ChannelStorage> = () => ({})) {
  const { state } = new OneCore();
  const inner = createMemoryStorage();
  let written = stored;
  const storage = storageWith(inner, {
    readLedger: async (_channel, after, limit) => rows(after + 1, Math.min(written, after + limit)),
    ...replaced(inner),
  });
  const bodies = createBodyCache(storage, state.identity.channelId);
  const log = createEventLog({ state, storage, bodies, now: () => 0, initialSeq: stored });
  const heard = (after: number) => {
    const events: string[] = [];
    const stop = log.subscribe(after, ({ kind, seq }) => events.push(`${kind} ${seq}`));
    return { events, stop };
  };
  const publish: typeof log.publish = (published) => {
    written += published.length;
    log.publish(published);
  };
  return { log: { ...log, publish }, heard };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const removed = (from: number, to: number) => rows(from, to).map(({ seq }) => `removed ${seq}`);

describe("an event log", () => {
  it("replays by pages what is behind a place, then goes on live, each event once and in order", async () => {
    const { log, heard } = logOf(600);
    const { events } = heard(0);
    log.publish(rows(601, 602));
    await settle();
    log.publish([row(603)]);
    await settle();
    expect(events).toEqual(removed(1, 603));
  });

  it("replays nothing to who is at the end, and 2,000 but not 2,001 events", async () => {
    const { heard } = logOf(2_500);
    const [atEnd, near, far] = [heard(2_500), heard(500), heard(499)];
    await settle();
    expect(atEnd.events).toEqual([]);
    expect([near.events.length, near.events[0]]).toEqual([2_000, "removed 501"]);
    expect(far.events).toEqual(["reset 2500"]);
  });

  it("tells who is ahead of it to start over, and then what happens", async () => {
    const { log, heard } = logOf(5);
    const { events } = heard(9);
    await settle();
    log.publish([row(6)]);
    await settle();
    expect(events).toEqual(["reset 5", "removed 6"]);
  });

  it("tells who cannot be replayed to start over, and then what happens", async () => {
    let fails = 1;
    const { log, heard } = logOf(5, () => ({
      readLedger: () => (fails-- > 0 ? Promise.reject(new Error("torn")) : Promise.resolve(rows(1, 5))),
    }));
    const { events } = heard(2);
    await settle();
    expect(events).toEqual(["reset 5"]);
    log.publish([row(6)]);
    await settle();
    expect(events).toEqual(["reset 5", "removed 6"]);
  });

  it("tells who misses rows that are gone to start over, and then what happens", async () => {
    const { log, heard } = logOf(5, () => ({ readLedger: async () => [] }));
    const { events } = heard(2);
    await settle();
    log.publish([row(6)]);
    await settle();
    expect(events).toEqual(["reset 5", "removed 6"]);
  });

  it("tells who misses rows that are folded to start over, though newer ones are there", async () => {
    const { log, heard } = logOf(5, () => ({ readLedger: async () => rows(4, 5) }));
    const [missed, next] = [heard(2), heard(3)];
    await settle();
    log.publish([row(6)]);
    await settle();
    expect(missed.events).toEqual(["reset 5", "removed 6"]);
    expect(next.events).toEqual(["removed 4", "removed 5", "removed 6"]);
  });

  it("tells nobody who left, also in the middle of a replay, and nobody at all after the end", async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { log, heard } = logOf(5, () => ({
      readLedger: (_channel, after, limit) => held.then(() => rows(after + 1, Math.min(7, after + limit))),
    }));
    const [leaves, stays, live] = [heard(0), heard(0), heard(5)];
    await settle();
    leaves.stop();
    log.publish([row(6)]);
    await settle();
    log.close();
    letGo();
    await settle();
    log.publish([row(7)]);
    await settle();
    expect([leaves.events, stays.events, live.events]).toEqual([[], [], ["removed 6"]]);
    expect(log.lastSeq()).toBe(7);
  });

  it("keeps the others hearing when one throws", async () => {
    const { log, heard } = logOf(5);
    const report = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
    log.subscribe(5, () => {
      throw new Error("a defect of a listener");
    });
    const { events } = heard(5);
    await settle();
    log.publish([row(6)]);
    await settle();
    expect([events, report.mock.calls.length]).toEqual([["removed 6"], 1]);
    report.mockRestore();
  });
});
