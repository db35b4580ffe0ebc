import { IDBDatabase, IDBFactory, IDBKeyRange, IDBObjectStore } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CHANNEL_A, put, receiveOf } from "../testing/samples.ts";
import { range } from "../testing/storage-case.ts";
import { createDexieStorage } from "./dexie-storage.ts";
import { Fence } from "./fence.ts";
import { openDatabase } from "./open-database.ts";
import { readRecent } from "./read-recent.ts";
import { FENCE_KEY, type MessagePack, SWEPT_KEY } from "./schema.ts";
import { transact } from "./transaction.ts";

const name = "hearback";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A storage, with the durability of each transaction that writes and the number of rows put in it. */
async function watched() {
  const indexedDB = new IDBFactory();
  const storage = await createDexieStorage({ name, indexedDB, IDBKeyRange });
  const writes: { durability: string | undefined; puts: number }[] = [];
  const { transaction } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...args) {
    const [, mode, options] = args;
    if (mode === "readwrite") writes.push({ durability: options?.durability, puts: 0 });
    return transaction.apply(this, args);
  });
  const original = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...args) {
    const last = writes.at(-1);
    if (last !== undefined) last.puts++;
    return original.apply(this, args);
  });
  return { indexedDB, storage, writes };
}

describe("how a browser is asked to write", () => {
  it("is as the commit says; what is dropped or joined is on disk at once", async () => {
    const { storage, writes } = await watched();
    await storage.commit(CHANNEL_A, receiveOf(1), "relaxed");
    await storage.commit(CHANNEL_A, receiveOf(2), "strict");
    const key = { kind: "raw", secretKey: new Uint8Array(32), publicKey: new Uint8Array(32) } as const;
    await storage.putDevice({ channel: CHANNEL_A, descriptor: new Uint8Array(3), key, displayName: "", joinedAt: 1 });
    await storage.drop(CHANNEL_A);
    const durabilities = writes.map(({ durability }) => durability);
    expect(durabilities.slice(0, 4)).toEqual(["relaxed", "strict", "strict", "strict"]);
    // What is behind it deletes the rows, of which nobody waits for any.
    expect(new Set(durabilities.slice(4))).toEqual(new Set(["relaxed"]));
    await storage.close();
  });

  it("is with a row in it even for an empty strict commit: it may skip the flush of what wrote nothing", async () => {
    const { storage, writes } = await watched();
    await storage.commit(CHANNEL_A, [], "strict");
    expect(writes).toEqual([{ durability: "strict", puts: 1 }]);
  });
});

describe("a claim", () => {
  it("whose transaction is broken off was none: the next write claims again", async () => {
    const indexedDB = new IDBFactory();
    await (await createDexieStorage({ name, indexedDB, IDBKeyRange })).close();
    const db = await openDatabase({ name, indexedDB, IDBKeyRange }, () => undefined);
    const fence = new Fence();
    const plan = { stores: ["control"], mode: "readwrite", durability: "relaxed" } as const;
    const write = (isBrokenOff: boolean) =>
      transact(db.native, plan, (transaction, fail) => {
        fence.guard(transaction, { touch: false, onlyFrees: false }, fail);
        const token: IDBRequest<number> = transaction.objectStore("control").get(FENCE_KEY);
        token.onsuccess = () => {
          if (isBrokenOff) transaction.abort();
        };
        return () => token.result;
      });
    const numbers = [];
    await expect(write(true)).rejects.toThrow();
    numbers.push(await write(false), await write(false));
    const [claimed, again] = numbers;
    expect([typeof claimed, again]).toEqual(["number", (claimed ?? 0) + 1]);
    db.close();
  });
});

describe("packs of a channel that is dropped while it loads", () => {
  it("do not come back when they are made smaller", async () => {
    const { indexedDB, storage } = await watched();
    for (let round = 0; round < 4; round++) await storage.commit(CHANNEL_A, range(0, 300).map(put.message), "relaxed");
    const loading = storage.load(CHANNEL_A);
    const dropping = storage.drop(CHANNEL_A);
    await Promise.all([loading, dropping]);
    const db = await openDatabase({ name, indexedDB, IDBKeyRange }, () => undefined);
    const plan = { stores: ["messagePack", "control"], mode: "readonly", durability: "relaxed" } as const;
    const look = () =>
      transact(db.native, plan, (transaction) => {
        const all: IDBRequest<MessagePack[]> = transaction.objectStore("messagePack").getAll();
        const swept: IDBRequest<number | undefined> = transaction.objectStore("control").get(SWEPT_KEY);
        return () => ({ packs: all.result, swept: swept.result });
      });
    await expect.poll(async () => (await look()).swept).toBe(1);
    expect((await look()).packs).toEqual([]);
    db.close();
    await storage.close();
  });
});

describe("a look at the newest messages", () => {
  it("keeps no connection, whatever it found", async () => {
    const { indexedDB } = await watched();
    const close = vi.spyOn(IDBDatabase.prototype, "close");
    await readRecent({ name, channel: CHANNEL_A, bodies: 3, indexedDB, IDBKeyRange });
    expect(close).toHaveBeenCalledTimes(1);
  });
});
