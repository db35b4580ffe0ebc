import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type { Change } from "../../sds/io/records.ts";
import { decodeSummaries } from "../../sds/io/summary-codec.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId, type MessageId } from "../../sds/wire/ids.ts";
import { createMemoryDisk, type MemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { StorageError } from "../../storage/port.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { FOLD_LIMITS, type FoldLimits } from "./fold-limits.ts";
import { createLedgerFold, type LedgerFold } from "./ledger-fold.ts";

const SMALL: FoldLimits = {
  keep: { rows: 20, ids: 1_000 },
  batch: { rows: 10, ids: 1_000 },
  pauseMs: { first: 1_000, next: 10 },
};

/** A channel of 30 messages whose ledger is on a disk, and what folds it. Each row is somebody's word on one message. */
function bench({
  limits = SMALL,
  disk = createMemoryDisk(),
  stored = 0,
  core = new OneCore(),
  onRead = (_fold: LedgerFold): void => {},
} = {}) {
  if (core.state.log.entries.size === 0) {
    for (let n = 0; n < 30; n++) {
      // Two share each Lamport timestamp.
      core.receive(`m${n}`, `p${n}`, { lamport: core.now - 1_000 + Math.floor(n / 2) });
    }
  }
  const { state } = core;
  const channel = state.identity.channelId;
  const storage = createMemoryStorage(disk);
  const clock = createVirtualClock(core.now);
  const commits: Change[][] = [];
  let broken = false;
  let last = stored;
  (state.ledger as { seq: number }).seq = stored;
  const watched = storageWith(storage, {
    readDays: async (...asked) => {
      const found = await storage.readDays(...asked);
      onRead(fold);
      return found;
    },
  });
  const fold: LedgerFold = createLedgerFold({
    ...{ state, clock, limits, storage: watched },
    commits: {
      commit: async (changes, durability) => {
        if (broken) throw new StorageError("failed", "The disk is broken.");
        await storage.commit(channel, changes, durability);
        commits.push([...changes]);
      },
    },
  });
  const rowOf = (seq: number, ids = [`m${seq % 30}`]): LedgerRow => ({
    ...{ seq, at: core.now + seq, ids: ids.map(asMessageId) },
    ...{ kind: "evidence", participant: Math.floor(seq / 30), by: "sync", listed: 1, signed: true },
  });
  async function write(count: number, ids?: string[]): Promise<void> {
    const rows = Array.from({ length: count }, () => rowOf(++last, ids));
    await storage.commit(
      channel,
      rows.map((record): Change => ({ op: "put", table: "ledger", record })),
      "relaxed",
    );
    fold.note(rows);
  }
  const rows = async () => (await storage.readLedger(channel, 0, 99_999)).map(({ seq }) => seq);
  const words = async (id: MessageId) => {
    const [record] = await storage.readSummaries(channel, [state.log.entries.get(id)?.lamport ?? 0]);
    const summary = decodeSummaries(record?.bytes ?? new Uint8Array()).find((each) => each.id === id);
    return summary?.words.map(({ participant }) => participant) ?? [];
  };
  return {
    ...{ core, disk, storage, channel, clock, commits, fold, write, rows, words },
    breakDisk: (isBroken: boolean) => {
      broken = isBroken;
    },
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe("folding the ledger", () => {
  it("keeps the newest rows, and of the others each participant's word by message, and sums by day", async () => {
    const { write, clock, rows, words, storage, channel, commits } = bench();
    await write(95);
    await clock.advanceSettled(2_000);
    expect(await rows()).toEqual(range(76, 96));
    // Of each 30 rows every message has one.
    expect(await words(asMessageId("m1"))).toEqual([0, 1, 2]);
    expect(await words(asMessageId("m15"))).toEqual([0, 1, 2]);
    expect(await words(asMessageId("m16"))).toEqual([0, 1]);
    expect((await storage.readDays(channel, 0)).map(({ sums }) => sums)).toEqual([{ words: 75 }]);
    // Each batch is one commit: what is kept of its rows, and that they go.
    expect(commits.map((changes) => changes.at(-1))).toEqual(
      [11, 21, 31, 41, 51, 61, 71, 76].map((key) => ({ op: "delete-below", table: "ledger", key })),
    );
  });

  it("does not begin before the channel had time to open, and then at once when a batch is due", async () => {
    const { write, clock, rows } = bench();
    await write(60);
    await clock.advanceSettled(900);
    expect(await rows()).toHaveLength(60);
    await clock.advanceSettled(2_000);
    expect(await rows()).toHaveLength(20);
    await write(10);
    await clock.advanceSettled(0);
    expect(await rows()).toHaveLength(30);
    await write(1);
    await clock.advanceSettled(1);
    expect(await rows()).toHaveLength(21);
    await clock.advanceSettled(100);
    expect(await rows()).toHaveLength(20);
  });

  it("goes on after a restart, with what an earlier version left, and counts nothing twice", async () => {
    const before = bench();
    await before.write(95);
    before.fold.close();
    const { clock, rows, words, write, storage, channel } = bench({ disk: before.disk, stored: 95, core: before.core });
    await clock.advanceSettled(5_000);
    expect(await rows()).toEqual(range(76, 96));
    await write(30);
    await clock.advanceSettled(5_000);
    expect(await rows()).toEqual(range(106, 126));
    expect(await words(asMessageId("m1"))).toEqual([0, 1, 2, 3]);
    expect((await storage.readDays(channel, 0)).map(({ sums }) => sums)).toEqual([{ words: 105 }]);
  });

  it("loses nothing in a power cut, after whichever commit it comes", async () => {
    for (let keep = 0; keep < 9; keep++) {
      const disk: MemoryDisk = createMemoryDisk();
      const before = bench({ disk });
      await before.write(95);
      await before.storage.commit(before.channel, [], "strict");
      await before.clock.advanceSettled(2_000);
      disk.crash(keep);
      const { clock, rows, words, storage, channel } = bench({ disk, stored: 95, core: before.core });
      expect(await rows()).toEqual(range(Math.min(76, 1 + 10 * keep), 96));
      await clock.advanceSettled(5_000);
      expect(await rows()).toEqual(range(76, 96));
      expect(await words(asMessageId("m1"))).toEqual([0, 1, 2]);
      expect((await storage.readDays(channel, 0)).map(({ sums }) => sums)).toEqual([{ words: 75 }]);
    }
  });

  it("keeps fewer rows when they name many messages", async () => {
    const limits = { ...SMALL, keep: { rows: 20, ids: 100 }, batch: { rows: 10, ids: 60 } };
    const { write, clock, rows, words } = bench({ limits });
    await clock.advanceSettled(1_000);
    await write(
      8,
      range(0, 30).map((n) => `m${n}`),
    );
    await clock.advanceSettled(5_000);
    // Two at a time, until 100 ids are left at most.
    expect(await rows()).toEqual(range(7, 9));
    expect(await words(asMessageId("m29"))).toEqual([0]);
  });

  it("takes a row that names more than a batch by itself", async () => {
    const limits = { ...SMALL, keep: { rows: 20, ids: 10 }, batch: { rows: 10, ids: 5 } };
    const { write, clock, rows } = bench({ limits });
    await clock.advanceSettled(1_000);
    await write(
      3,
      range(0, 30).map((n) => `m${n}`),
    );
    await clock.advanceSettled(5_000);
    expect(await rows()).toEqual([]);
  });

  it("drops what rows tell of messages that are in no log any more", async () => {
    const { write, clock, storage, channel } = bench();
    await write(50, ["gone"]);
    await clock.advanceSettled(5_000);
    expect(await storage.firstSummary(channel)).toBeNull();
    expect((await storage.readDays(channel, 0)).map(({ sums }) => sums)).toEqual([{ words: 30 }]);
  });

  it("goes on behind rows that were given up", async () => {
    const { write, clock, rows, storage, channel } = bench();
    await clock.advanceSettled(1_000);
    await storage.commit(channel, [], "relaxed");
    await write(25);
    await storage.commit(channel, [{ op: "delete-below", table: "ledger", key: 26 }], "relaxed");
    await write(60);
    await clock.advanceSettled(5_000);
    expect(await rows()).toEqual(range(66, 86));
  });

  it("has nothing to do when all rows were given up", async () => {
    const { write, clock, rows, storage, channel } = bench();
    await write(60);
    await storage.commit(channel, [{ op: "delete-below", table: "ledger", key: 61 }], "relaxed");
    await clock.advanceSettled(5_000);
    expect([await rows(), clock.pending]).toEqual([[], 0]);
    const later = bench();
    await later.clock.advanceSettled(2_000);
    await later.write(60, ["gone"]);
    await later.storage.commit(later.channel, [{ op: "delete-below", table: "ledger", key: 61 }], "relaxed");
    await later.clock.advanceSettled(5_000);
    expect([await later.rows(), later.clock.pending]).toEqual([[], 0]);
  });

  it("that fails is tried again when more is written", async () => {
    const { write, clock, rows, breakDisk } = bench();
    breakDisk(true);
    await write(60);
    await clock.advanceSettled(5_000);
    expect(await rows()).toHaveLength(60);
    breakDisk(false);
    await write(1);
    await clock.advanceSettled(5_000);
    expect(await rows()).toHaveLength(20);
  });

  it("writes nothing and leaves no timer once it is closed", async () => {
    for (const afterMs of [0, 1_000]) {
      const { write, clock, rows, fold } = bench();
      await write(60);
      clock.advance(afterMs);
      fold.close();
      await clock.advanceSettled(5_000);
      await write(60);
      await clock.advanceSettled(5_000);
      expect([(await rows()).length, clock.pending]).toEqual([120, 0]);
    }
  });

  it("writes nothing of what it was reading when it is closed", async () => {
    const { write, clock, rows, commits } = bench({ onRead: (fold) => fold.close() });
    await write(60);
    await clock.advanceSettled(5_000);
    expect([(await rows()).length, commits.length, clock.pending]).toEqual([60, 0, 0]);
  });

  it("keeps as many rows as are replayed", () => {
    // `MAX_REPLAY` in event-log.ts; a view that asks for more starts over.
    expect(FOLD_LIMITS.keep.rows).toBe(2_000);
  });
});
