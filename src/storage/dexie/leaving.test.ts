import { IDBDatabase, IDBFactory, IDBKeyRange, IDBObjectStore } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ChannelStorage } from "../port.ts";
import { rawRecord } from "../testing/device-cases.ts";
import { CHANNEL_A, CHANNEL_B, idOf, messageOf, receiveOf } from "../testing/samples.ts";
import { EMPTY, range, sorted } from "../testing/storage-case.ts";
import { createDexieStorage } from "./dexie-storage.ts";
import { openDatabase } from "./open-database.ts";
import { readRecent } from "./read-recent.ts";
import { CHANNEL_STORES, SCHEMA_VERSIONS, SWEPT_KEY } from "./schema.ts";
import { transact } from "./transaction.ts";

const name = "hearback";

afterEach(() => {
  vi.restoreAllMocks();
});

function device() {
  const indexedDB = new IDBFactory();
  return { indexedDB, open: (more = {}) => createDexieStorage({ name, indexedDB, IDBKeyRange, ...more }) };
}

/** Rows in all stores of channels, per first part of their keys; and whether the next start looks for such that are nobody's. */
async function rowsOf(indexedDB: IDBFactory): Promise<{ rows: Map<unknown, number>; swept: boolean }> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
  });
  const rows = new Map<unknown, number>();
  const plan = { stores: [...CHANNEL_STORES, "control"], mode: "readonly", durability: "relaxed" } as const;
  const swept = await transact(db, plan, (transaction) => {
    const found = transaction.objectStore("control").get(SWEPT_KEY);
    for (const store of CHANNEL_STORES) {
      const keys = transaction.objectStore(store).getAllKeys();
      keys.onsuccess = () => {
        for (const key of keys.result) {
          const [space] = key as unknown[];
          rows.set(space, (rows.get(space) ?? 0) + 1);
        }
      };
    }
    return () => found.result !== undefined;
  });
  db.close();
  return { rows, swept };
}

async function untilSwept(indexedDB: IDBFactory): Promise<Map<unknown, number>> {
  for (;;) {
    const { rows, swept } = await rowsOf(indexedDB);
    if (swept) return rows;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function fill(storage: ChannelStorage, channel = CHANNEL_A, count = 700): Promise<void> {
  await storage.putDevice({ ...rawRecord("Ada"), channel });
  await storage.commit(channel, range(0, count).flatMap(receiveOf), "strict");
}

describe("a channel that is left", () => {
  it("is gone at once, and its rows go in portions, none of the other channel's among them", async () => {
    const { indexedDB, open } = device();
    const storage = await open();
    await fill(storage);
    await fill(storage, CHANNEL_B, 300);
    const before = (await rowsOf(indexedDB)).rows;
    const deletions = vi.spyOn(IDBObjectStore.prototype, "delete");
    await storage.drop(CHANNEL_A);
    // Two keys in `space` and `device`, and the note that all is swept.
    expect(deletions.mock.calls.length).toBe(3);
    expect((await rowsOf(indexedDB)).rows.get(1)).toBeGreaterThan(0);
    expect(await storage.load(CHANNEL_A)).toEqual(EMPTY);
    expect((await storage.listDevice()).map(({ channel }) => channel)).toEqual([CHANNEL_B]);
    expect(await untilSwept(indexedDB)).toEqual(new Map([[2, before.get(2)]]));
    expect(deletions.mock.calls.length).toBeGreaterThan(10);
    expect(sorted(await storage.load(CHANNEL_B)).messages).toEqual(range(0, 300).map(messageOf));
    await storage.close();
  });

  it("holds up nobody for longer than one portion", async () => {
    const { indexedDB, open } = device();
    const storage = await open();
    await fill(storage, CHANNEL_A, 2_000);
    await storage.drop(CHANNEL_A);
    const left = [];
    for (let n = 0; n < 5; n++) {
      await storage.commit(CHANNEL_B, receiveOf(n), "strict");
      left.push((await rowsOf(indexedDB)).rows.get(1) ?? 0);
    }
    expect(left[0]).toBeGreaterThan(0);
    await untilSwept(indexedDB);
    await storage.close();
  });

  it("goes on going after a start, however often the process dies meanwhile", async () => {
    const { indexedDB, open } = device();
    const first = await open();
    await fill(first, CHANNEL_A, 300);
    await fill(first, CHANNEL_B, 5);
    await first.drop(CHANNEL_A);
    await first.close();
    let [starts, left] = [0, Number.POSITIVE_INFINITY];
    for (; ; starts++) {
      const { rows } = await rowsOf(indexedDB);
      const now = rows.get(1) ?? 0;
      expect(now).toBeLessThanOrEqual(left);
      left = now;
      if (left === 0) break;
      const storage = await open();
      expect(await storage.load(CHANNEL_A)).toEqual(EMPTY);
      await storage.commit(CHANNEL_B, receiveOf(starts), "relaxed");
      await storage.close();
    }
    expect(starts).toBeGreaterThan(1);
    const storage = await open();
    expect([...(await untilSwept(indexedDB)).keys()]).toEqual([2]);
    await storage.close();
  });

  it("can be joined again while its rows go, also over a restart, and each has its own", async () => {
    const { indexedDB, open } = device();
    let storage = await open();
    for (const joined of [1, 2, 3]) {
      await fill(storage, CHANNEL_A, 200);
      await storage.drop(CHANNEL_A);
      if (joined === 2) {
        await storage.close();
        storage = await open();
      }
    }
    await fill(storage, CHANNEL_A, 20);
    await storage.close();
    storage = await open();
    const rows = await untilSwept(indexedDB);
    expect([...rows.keys()]).toEqual([4]);
    expect(sorted(await storage.load(CHANNEL_A)).messages).toEqual(range(0, 20).map(messageOf));
    // Nobody gets a place that somebody had.
    await storage.commit(CHANNEL_B, receiveOf(1), "strict");
    expect([...(await rowsOf(indexedDB)).rows.keys()]).toEqual([4, 5]);
    await storage.close();
  });

  it("that is left while the last rows of another go is not taken for gone with them", async () => {
    const { indexedDB, open } = device();
    const storage = await open();
    await fill(storage, CHANNEL_A, 5);
    await fill(storage, CHANNEL_B, 5);
    const { transaction } = IDBDatabase.prototype;
    let second: Promise<void> | null = null;
    let swept = 0;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...args) {
      const begun = transaction.apply(this, args);
      // The last store of all: when this is done, all of A is gone.
      const stores = [...args[0]];
      if (args[1] === "readwrite" && stores[0] === CHANNEL_STORES.at(-1)) {
        second ??= Promise.resolve().then(() => storage.drop(CHANNEL_B));
      }
      return begun;
    });
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...args) {
      if (args[1] === SWEPT_KEY) swept++;
      return put.apply(this, args);
    });
    await storage.drop(CHANNEL_A);
    await expect.poll(() => second !== null).toBe(true);
    await second;
    expect((await untilSwept(indexedDB)).size).toBe(0);
    expect(swept).toBe(1);
    await storage.close();
  });

  it("that could not be left is there as before", async () => {
    const { open } = device();
    const storage = await open();
    await fill(storage, CHANNEL_A, 20);
    const remove = vi.spyOn(IDBObjectStore.prototype, "delete").mockImplementationOnce(() => {
      throw new DOMException("The disk is broken.", "UnknownError");
    });
    await expect(storage.drop(CHANNEL_A)).rejects.toMatchObject({ code: "corrupt" });
    remove.mockRestore();
    expect(sorted(await storage.load(CHANNEL_A)).messages).toEqual(range(0, 20).map(messageOf));
    await storage.commit(CHANNEL_A, receiveOf(20), "strict");
    await storage.close();
    const again = await open();
    expect(sorted(await again.load(CHANNEL_A)).messages).toEqual(range(0, 21).map(messageOf));
    await again.close();
  });

  it("keeps no place of a commit that failed: what is written next is found after a restart", async () => {
    const { open } = device();
    const storage = await open();
    const broken = { op: "meta", key: "lamport", value: (() => 0) as unknown as number } as const;
    await expect(storage.commit(CHANNEL_A, [broken], "strict")).rejects.toMatchObject({ code: "failed" });
    await storage.commit(CHANNEL_A, receiveOf(1), "relaxed");
    await storage.close();
    const again = await open();
    expect((await again.load(CHANNEL_A)).messages).toEqual([messageOf(1)]);
    await again.close();
  });

  it("is not seen by whoever only looks, and is seen anew when it was joined again", async () => {
    const { indexedDB, open } = device();
    const storage = await open();
    const reader = await open({ readOnly: true });
    const look = () => readRecent({ name, channel: CHANNEL_A, bodies: 10, indexedDB, IDBKeyRange });
    await fill(storage, CHANNEL_A, 30);
    expect((await reader.load(CHANNEL_A)).messages).toHaveLength(30);
    expect((await look())?.bodies).toHaveLength(10);
    await storage.drop(CHANNEL_A);
    expect(await reader.load(CHANNEL_A)).toEqual(EMPTY);
    expect(await look()).toBeNull();
    await fill(storage, CHANNEL_A, 3);
    expect((await reader.load(CHANNEL_A)).messages).toHaveLength(3);
    expect(await reader.readBodies(CHANNEL_A, [idOf(2), idOf(7)])).toHaveLength(1);
    expect((await look())?.stored.messages).toHaveLength(3);
    await Promise.all([storage.close(), reader.close()]);
  });
});

describe("a database that was written before channels had spaces", () => {
  async function before(indexedDB: IDBFactory): Promise<void> {
    const schema = SCHEMA_VERSIONS.filter(({ version }) => version === 1);
    const db = await openDatabase({ name, indexedDB, IDBKeyRange, schema }, () => undefined);
    const stores = ["message", "body", "device"] as const;
    await transact(db.native, { stores, mode: "readwrite", durability: "strict" }, (transaction) => {
      transaction.objectStore("device").put(rawRecord("Ada"), CHANNEL_A);
      for (const n of range(0, 40)) {
        transaction.objectStore("message").put(messageOf(n), [CHANNEL_A, idOf(n)]);
        transaction.objectStore("body").put(new Uint8Array(9), [CHANNEL_A, idOf(n)]);
      }
      return () => undefined;
    });
    db.close();
  }

  it("has its channels where they were, and they can be left and joined again", async () => {
    const { indexedDB, open } = device();
    await before(indexedDB);
    let storage = await open();
    expect(sorted(await storage.load(CHANNEL_A)).messages).toEqual(range(0, 40).map(messageOf));
    await storage.commit(CHANNEL_A, receiveOf(40), "strict");
    await storage.close();
    storage = await open();
    expect(sorted(await storage.load(CHANNEL_A)).messages).toEqual(range(0, 41).map(messageOf));
    expect(await storage.readBodies(CHANNEL_A, [idOf(3), idOf(40)])).toHaveLength(2);
    await storage.drop(CHANNEL_A);
    await storage.commit(CHANNEL_A, receiveOf(7), "strict");
    expect([...(await untilSwept(indexedDB)).keys()]).toEqual([1]);
    expect((await storage.load(CHANNEL_A)).messages).toEqual([messageOf(7)]);
    await storage.close();
  });
});
