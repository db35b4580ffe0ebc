import { IDBDatabase, IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import type { Change } from "../../sds/io/records.ts";
import type { ChannelStorage } from "../port.ts";
import { bodyOf, CHANNEL_A, CHANNEL_B, holeOf, messageOf, outboxOf, participantOf, put } from "../testing/samples.ts";
import { range } from "../testing/storage-case.ts";
import { createDexieStorage } from "./dexie-storage.ts";
import { readRecent } from "./read-recent.ts";

const name = "hearback";

async function filled(count: number): Promise<{ indexedDB: IDBFactory; storage: ChannelStorage }> {
  const indexedDB = new IDBFactory();
  const storage = await createDexieStorage({ name, indexedDB, IDBKeyRange });
  const key = { kind: "raw", secretKey: new Uint8Array(32), publicKey: new Uint8Array(32) } as const;
  await storage.putDevice({ channel: CHANNEL_A, descriptor: new Uint8Array(3), key, displayName: "Ada", joinedAt: 1 });
  for (let n = 1; n <= count; n++) {
    const changes: Change[] = [put.message(n), put.body(n)];
    if (messageOf(n).mine) changes.push(put.outbox(n));
    await storage.commit(CHANNEL_A, changes, "relaxed");
  }
  const rest: Change[] = [put.participant(0), put.hole(9_999), { op: "meta", key: "lamport", value: 7 }];
  await storage.commit(CHANNEL_A, rest, "strict");
  await storage.commit(CHANNEL_B, [put.message(5_000), put.body(5_000)], "strict");
  return { indexedDB, storage };
}

describe("readRecent", () => {
  it("reads the newest messages out of rows and the last packs, with what belongs to them, beside the writer", async () => {
    const { indexedDB, storage } = await filled(700);
    const recent = await readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB, IDBKeyRange });
    expect(recent?.device.displayName).toBe("Ada");
    expect(recent?.stored.messages).toEqual(range(671, 701).map(messageOf));
    expect(recent?.bodies).toEqual(range(691, 701).map((n) => bodyOf(n)));
    expect(recent?.stored.outbox).toEqual([695, 700].map(outboxOf));
    expect(recent?.stored.participants).toEqual([participantOf(0)]);
    expect(recent?.stored.holes).toEqual([holeOf(9_999)]);
    expect(recent?.stored.meta).toEqual({ lamport: 7 });
    expect(recent?.complete).toBe(false);
    // The writer did not notice.
    await storage.commit(CHANNEL_A, [put.message(701)], "strict");
    await storage.close();
  });

  it("reads as many packs as it takes, when all rows have just moved into packs", async () => {
    const { indexedDB, storage } = await filled(600);
    // A load packs what was left in rows.
    await storage.load(CHANNEL_A);
    await storage.load(CHANNEL_A);
    const recent = await readRecent({ name, channel: CHANNEL_A, bodies: 80, indexedDB, IDBKeyRange });
    expect(recent?.stored.messages).toEqual(range(361, 601).map(messageOf));
  });

  it("reads the newest by time, whatever their ids, also when they moved into packs together", async () => {
    const { indexedDB, storage } = await filled(0);
    const backwards = range(0, 300).map((n) => ({ ...messageOf(n), lamport: 10_000 - n, mine: false }));
    const changes = backwards.map((record): Change => ({ op: "put", table: "message", record }));
    await storage.commit(CHANNEL_A, changes, "relaxed");
    await storage.load(CHANNEL_A);
    const recent = await readRecent({ name, channel: CHANNEL_A, bodies: 2, indexedDB, IDBKeyRange });
    expect(recent?.stored.messages.map(({ lamport }) => lamport)).toEqual(range(9_995, 10_001));
  });

  it("knows when it has read all", async () => {
    const { indexedDB } = await filled(30);
    const all = await readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB, IDBKeyRange });
    expect(all?.complete).toBe(true);
    expect(all?.stored.messages).toHaveLength(30);
    const some = await readRecent({ name, channel: CHANNEL_A, bodies: 7, indexedDB, IDBKeyRange });
    expect(some?.complete).toBe(false);
  });

  it("finds nothing where there is no database, and makes none", async () => {
    const indexedDB = new IDBFactory();
    expect(await readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB, IDBKeyRange })).toBeNull();
    expect(await indexedDB.databases()).toEqual([]);
  });

  it("finds nothing of a channel that was not joined, nor in a database of another version", async () => {
    const { indexedDB, storage } = await filled(3);
    expect(await readRecent({ name, channel: CHANNEL_B, bodies: 10, indexedDB, IDBKeyRange })).toBeNull();
    await storage.close();
    await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 999);
      opening.onsuccess = resolve;
      opening.onerror = reject;
    });
    expect(await readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB, IDBKeyRange })).toBeNull();
  });

  it("closes its connection, whatever it found", async () => {
    const { indexedDB, storage } = await filled(3);
    const closes = vi.spyOn(IDBDatabase.prototype, "close");
    await readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB, IDBKeyRange });
    expect(closes).toHaveBeenCalledTimes(1);
    await readRecent({ name, channel: CHANNEL_B, bodies: 10, indexedDB, IDBKeyRange });
    expect(closes).toHaveBeenCalledTimes(2);
    closes.mockRestore();
    await storage.close();
  });

  it("is not in the way of an update that begins meanwhile, and still reads", async () => {
    const { indexedDB, storage } = await filled(3);
    await storage.close();
    const log: string[] = [];
    let update: Promise<void> = Promise.resolve();
    const updating = Object.create(indexedDB) as IDBFactory;
    updating.open = (database) => {
      const opening = indexedDB.open(database);
      opening.addEventListener("success", () => {
        const upgrade = indexedDB.open(database, 999);
        upgrade.onblocked = () => log.push("blocked");
        update = new Promise((resolve) => {
          upgrade.onsuccess = () => resolve();
        });
      });
      return opening;
    };
    const recent = await readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB: updating, IDBKeyRange });
    expect(recent?.stored.messages).toHaveLength(3);
    await update;
    expect(log).toEqual([]);
  });
});
