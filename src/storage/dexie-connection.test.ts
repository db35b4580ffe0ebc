import { IDBDatabase, IDBFactory, IDBKeyRange, IDBObjectStore } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createDexieStorage } from "./dexie/dexie-storage.ts";
import { Fence } from "./dexie/fence.ts";
import { eachRecord } from "./dexie/message-packs.ts";
import { openDatabase } from "./dexie/open-database.ts";
import { FENCE_KEY, type MessagePack, newestVersion, SCHEMA_VERSIONS, type SchemaVersion } from "./dexie/schema.ts";
import { transact } from "./dexie/transaction.ts";
import type { ChannelStorage, StorageError } from "./port.ts";
import { rawRecord } from "./testing/device-cases.ts";
import { CHANNEL_A, idOf, messageOf, put, receiveOf } from "./testing/samples.ts";
import { range, sorted } from "./testing/storage-case.ts";

const nameOfDatabase = "hearback";

function device(): { indexedDB: IDBFactory; open(more?: object): Promise<ChannelStorage> } {
  const indexedDB = new IDBFactory();
  return {
    indexedDB,
    open: (more = {}) => createDexieStorage({ name: nameOfDatabase, indexedDB, IDBKeyRange, ...more }),
  };
}

const updated: readonly SchemaVersion[] = [...SCHEMA_VERSIONS, { version: newestVersion() + 1, stores: { added: "" } }];

const closed = (words: RegExp) => ({ name: "StorageError", code: "closed", message: expect.stringMatching(words) });

describe("fence", () => {
  it("refuses each kind of write of a storage that was opened elsewhere since, and writes nothing of it", async () => {
    const { open } = device();
    const writes: ((storage: ChannelStorage) => Promise<void>)[] = [
      (storage) => storage.commit(CHANNEL_A, receiveOf(1), "relaxed"),
      (storage) => storage.commit(CHANNEL_A, [], "strict"),
      (storage) => storage.drop(CHANNEL_A),
    ];
    for (const write of writes) {
      const old = await open();
      await old.commit(CHANNEL_A, [put.message(7)], "strict");
      const current = await open();
      await expect(write(old)).rejects.toMatchObject(closed(/opened elsewhere/));
      await expect(old.load(CHANNEL_A)).rejects.toMatchObject(closed(/opened elsewhere/));
      expect((await current.load(CHANNEL_A)).messages).toEqual([messageOf(7)]);
      await current.commit(CHANNEL_A, [put.message(7)], "strict");
      await Promise.all([old.close(), current.close()]);
    }
  });

  it("is not claimed by what only frees space, so that this fits on a full disk", async () => {
    const { open, indexedDB } = device();
    await (await open()).close();
    const db = await openDatabase({ name: nameOfDatabase, indexedDB, IDBKeyRange }, () => undefined);
    const fence = new Fence();
    const plan = { stores: ["control"], mode: "readwrite", durability: "relaxed" } as const;
    const write = (onlyFrees: boolean) =>
      transact(db.native, plan, (transaction, fail) => {
        fence.guard(transaction, { touch: false, onlyFrees }, fail);
        const token: IDBRequest<number> = transaction.objectStore("control").get(FENCE_KEY);
        return () => token.result;
      });
    const before = await write(true);
    expect(await write(true)).toBe(before);
    await write(false);
    expect(await write(true)).toBe(before + 1);
    // Once it has written it is a writer, and frees nothing when it is no longer the newest.
    await open();
    await expect(write(true)).rejects.toMatchObject(closed(/opened elsewhere/));
  });

  it("lets a read-only storage look on without taking over", async () => {
    const { open } = device();
    const writer = await open();
    const reader = await open({ readOnly: true });
    await writer.commit(CHANNEL_A, [put.message(1)], "strict");
    expect((await reader.load(CHANNEL_A)).messages).toEqual([messageOf(1)]);
    await expect(reader.commit(CHANNEL_A, [put.message(2)], "strict")).rejects.toMatchObject({ code: "failed" });
    await writer.commit(CHANNEL_A, [put.message(3)], "strict");
  });
});

describe("what is asked of the browser", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** From now on: the durability of each transaction that writes, and the stores that it puts something into. */
  function watchWrites() {
    const asked: { readonly durability: unknown; readonly puts: string[] }[] = [];
    const begin = IDBDatabase.prototype.transaction;
    const put = IDBObjectStore.prototype.put;
    const records = new Map<unknown, string[]>();
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...args) {
      const transaction = begin.apply(this, args);
      const [, mode, options] = args;
      if (mode === "readwrite") {
        const puts: string[] = [];
        asked.push({ durability: options?.durability, puts });
        records.set(transaction, puts);
      }
      return transaction;
    });
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...values) {
      records.get(this.transaction)?.push(this.name);
      return put.apply(this, values);
    });
    return asked;
  }

  it("a strict commit is a strict transaction that writes, an empty one too; a relaxed one is relaxed", async () => {
    const { open } = device();
    const storage = await open();
    const asked = watchWrites();
    await storage.commit(CHANNEL_A, [put.hole(1)], "relaxed");
    await storage.commit(CHANNEL_A, [], "strict");
    await storage.commit(CHANNEL_A, [put.hole(2)], "strict");
    await storage.commit(CHANNEL_A, [], "strict");
    expect(asked).toEqual([
      // The first write of a channel says where it is.
      { durability: "relaxed", puts: ["space", "control", "hole"] },
      // A transaction that wrote nothing may be one that the browser does not flush.
      { durability: "strict", puts: ["control"] },
      { durability: "strict", puts: ["hole"] },
      { durability: "strict", puts: ["control"] },
    ]);
    await storage.close();
  });

  it("to join and to forget a channel is strict", async () => {
    const { open } = device();
    const storage = await open();
    const asked = watchWrites();
    await storage.putDevice(rawRecord("Ada"));
    await storage.drop(CHANNEL_A);
    expect(asked.slice(0, 2).map(({ durability }) => durability)).toEqual(["strict", "strict"]);
    expect(await storage.listDevice()).toEqual([]);
    await storage.close();
  });
});

describe("a full disk", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** From now on each transaction that writes anything is aborted, as a browser does; deletions pass. */
  function fill(): void {
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...values) {
      const request = put.apply(this, values);
      const transaction = this.transaction as unknown as { error: unknown; _abort(name: string): void };
      queueMicrotask(() => transaction.error === null && transaction._abort("QuotaExceededError"));
      return request;
    });
  }

  it("lets a storage that opens on it read, and forget a channel", async () => {
    const { open } = device();
    const before = await open();
    await before.commit(CHANNEL_A, receiveOf(1), "strict");
    await before.close();
    fill();
    const storage = await open();
    expect((await storage.load(CHANNEL_A)).messages).toEqual([messageOf(1)]);
    await expect(storage.commit(CHANNEL_A, receiveOf(2), "strict")).rejects.toMatchObject({ code: "quota" });
    await storage.drop(CHANNEL_A);
    expect((await storage.load(CHANNEL_A)).messages).toEqual([]);
  });

  it("lets one that could not claim the database forget nothing once another has claimed it", async () => {
    const { open } = device();
    fill();
    const old = await open();
    vi.restoreAllMocks();
    const current = await open();
    await current.commit(CHANNEL_A, receiveOf(1), "strict");
    await expect(old.drop(CHANNEL_A)).rejects.toMatchObject(closed(/opened elsewhere/));
    await expect(old.commit(CHANNEL_A, receiveOf(2), "strict")).rejects.toMatchObject(closed(/opened elsewhere/));
    expect((await current.load(CHANNEL_A)).messages).toEqual([messageOf(1)]);
  });
});

describe("schema", () => {
  it("is upgraded with everything kept; the old connection is closed with words", async () => {
    const { open } = device();
    const old = await open();
    await old.commit(CHANNEL_A, range(0, 300).flatMap(receiveOf), "strict");
    const current = await open({ schema: updated });
    await expect(old.load(CHANNEL_A)).rejects.toMatchObject(closed(/updated in another tab/));
    expect(sorted(await current.load(CHANNEL_A)).messages).toEqual(range(0, 300).map(messageOf));
    expect(await current.readBodies(CHANNEL_A, range(0, 300).map(idOf))).toHaveLength(300);
  });

  it("of a newer version is left alone by an older program", async () => {
    const { open } = device();
    await (await open({ schema: updated })).close();
    await expect(open()).rejects.toMatchObject({ code: "blocked", message: expect.stringMatching(/newer version/) });
    await (await open({ schema: updated })).close();
  });

  it("runs an upgrade in the transaction of the version change", async () => {
    const { open } = device();
    const old = await open();
    await old.commit(CHANNEL_A, [{ op: "meta", key: "authorSeq", value: 3 }], "strict");
    await old.close();
    const upgrade = (transaction: IDBTransaction): void => {
      transaction.objectStore("meta").put(4, [1, "authorSeq"]);
    };
    const current = await open({
      schema: [...SCHEMA_VERSIONS, { version: newestVersion() + 1, stores: { added: "" }, upgrade }],
    });
    expect((await current.load(CHANNEL_A)).meta).toEqual({ authorSeq: 4 });
  });

  it("does not wait forever for a connection that stays open", async () => {
    const { indexedDB, open } = device();
    await (await open()).close();
    const stubborn = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(nameOfDatabase);
      request.onsuccess = () => resolve(request.result);
    });
    const blocked = open({ schema: updated, blockedTimeoutMs: 30 });
    await expect(blocked).rejects.toMatchObject({ code: "blocked", message: expect.stringMatching(/close other/) });
    stubborn.close();
    await (await open({ schema: updated })).close();
  });
});

describe("a connection that ends from outside", () => {
  it("says that the data was deleted", async () => {
    const { indexedDB, open } = device();
    const storage = await open();
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(nameOfDatabase).onsuccess = resolve;
    });
    await expect(storage.load(CHANNEL_A)).rejects.toMatchObject(closed(/deleted/));
  });
});

describe("errors of the browser", () => {
  const cases: readonly [string, StorageError["code"]][] = [
    ["QuotaExceededError", "quota"],
    ["InvalidStateError", "closed"],
    ["UnknownError", "corrupt"],
    ["NotReadableError", "corrupt"],
    ["SecurityError", "blocked"],
    ["SomethingNewError", "failed"],
  ];

  it.each(cases)("%s at opening becomes %s with words", async (name, code) => {
    const indexedDB = new IDBFactory();
    indexedDB.open = () => {
      throw new DOMException("the browser's words", name);
    };
    const opening = createDexieStorage({ name: nameOfDatabase, indexedDB, IDBKeyRange });
    await expect(opening).rejects.toMatchObject({ name: "StorageError", code });
  });

  it("keeps the browser's own error as the cause", async () => {
    const { open } = device();
    const storage = await open();
    const change = { op: "meta", key: "lamport", value: (() => 0) as unknown as number } as const;
    const failure = storage.commit(CHANNEL_A, [change], "strict");
    await expect(failure).rejects.toMatchObject({ code: "failed", cause: { name: "DataCloneError" } });
  });
});

describe("message packs", () => {
  it("hold all but the newest entries, and shrink when most of what they hold was overridden", async () => {
    const { indexedDB, open } = device();
    const storage = await open();
    for (let round = 0; round < 4; round++) {
      await storage.commit(CHANNEL_A, range(0, 600).map(put.message), "relaxed");
    }
    await storage.commit(CHANNEL_A, range(0, 10).map(put.message), "relaxed");
    expect(await counts(indexedDB)).toEqual({ rows: 10, packed: 2_400 });
    await storage.load(CHANNEL_A);
    await expect.poll(() => counts(indexedDB)).toEqual({ rows: 10, packed: 600 });
    await storage.close();
    const messages = sorted(await (await open()).load(CHANNEL_A)).messages;
    expect(messages).toEqual(range(0, 600).map(messageOf));
  });

  it("take in rows that an earlier run left, together with those that come", async () => {
    const { indexedDB, open } = device();
    const before = await open();
    await before.commit(CHANNEL_A, range(0, 200).map(put.message), "relaxed");
    await before.close();
    const storage = await open();
    await storage.load(CHANNEL_A);
    await storage.commit(CHANNEL_A, range(200, 300).map(put.message), "relaxed");
    await expect.poll(() => counts(indexedDB)).toEqual({ rows: 0, packed: 300 });
    await storage.close();
  });

  it("shrink when most of what they hold was deleted, and then lose the deletions as well", async () => {
    const { indexedDB, open } = device();
    let storage = await open();
    await storage.commit(CHANNEL_A, range(0, 600).map(put.message), "relaxed");
    const gone = range(0, 590).map((n) => ({ op: "delete", table: "message", key: idOf(n) }) as const);
    await storage.commit(CHANNEL_A, gone, "relaxed");
    expect(await counts(indexedDB)).toEqual({ rows: 0, packed: 600 });
    expect(await deletionsInPacks(indexedDB)).toBe(590);
    for (let start = 0; start < 2; start++) {
      expect(sorted(await storage.load(CHANNEL_A)).messages).toEqual(range(590, 600).map(messageOf));
      await expect.poll(() => counts(indexedDB)).toEqual({ rows: 0, packed: 10 });
      // Deletions are of no use any more when what they delete is gone.
      await expect.poll(() => deletionsInPacks(indexedDB)).toBe(start === 0 ? 590 : 0);
      await storage.close();
      storage = await open();
    }
    expect(await deletionsInPacks(indexedDB)).toBe(0);
    expect(sorted(await storage.load(CHANNEL_A)).messages).toEqual(range(590, 600).map(messageOf));
  });
});

function recordsIn(pack: MessagePack): number {
  let count = 0;
  eachRecord(pack, () => count++);
  return count;
}

/** Message rows, and entries in packs, as they lie in the database. */
async function counts(indexedDB: IDBFactory): Promise<{ rows: number; packed: number }> {
  const { rows, packs } = await lookInto(indexedDB);
  return { rows, packed: packs.reduce((sum, pack) => sum + recordsIn(pack), 0) };
}

async function deletionsInPacks(indexedDB: IDBFactory): Promise<number> {
  return (await lookInto(indexedDB)).packs.reduce((sum, { gone }) => sum + gone.length, 0);
}

async function lookInto(indexedDB: IDBFactory): Promise<{ rows: number; packs: MessagePack[] }> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(nameOfDatabase);
    request.onsuccess = () => resolve(request.result);
  });
  const transaction = db.transaction(["message", "messagePack"]);
  const rows = transaction.objectStore("message").count();
  const packs: IDBRequest<MessagePack[]> = transaction.objectStore("messagePack").getAll();
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  db.close();
  return { rows: rows.result, packs: packs.result };
}
