import type { Change, Durability } from "../../../src/sds/io/records.ts";
import { asMessageId, type ChannelId } from "../../../src/sds/wire/ids.ts";
import { storageContract } from "../../../src/storage/contract.ts";
import { claimWriter, type WriterClaim } from "../../../src/storage/device-lock.ts";
import { createDexieStorage } from "../../../src/storage/dexie/dexie-storage.ts";
import { newestVersion, SCHEMA_VERSIONS } from "../../../src/storage/dexie/schema.ts";
import { persistStorage } from "../../../src/storage/persist-storage.ts";
import { type ChannelStorage, StorageError } from "../../../src/storage/port.ts";
import { assertEqual } from "../../../src/storage/testing/assert.ts";
import { CHANNEL_A, idOf, messageOf, receiveOf } from "../../../src/storage/testing/samples.ts";
import { range, sorted } from "../../../src/storage/testing/storage-case.ts";
import { fillChannel, readChannel, writeToFullChannel } from "./full-channel.ts";
import { fillForLeaving, type Leaving, leaveBesideCommits, strayRows } from "./leaving.ts";

/** What a page or worker can be asked to do; plain data in and out. */
export type Actions = typeof actions;
export type ActionName = keyof Actions;

const open = new Map<string, ChannelStorage>();
let claim: WriterClaim | null = null;
let contractDatabases = 0;

export const actions = {
  /** Runs one case of the contract; rejects with its words. */
  async runCase(name: string): Promise<void> {
    const found = storageContract.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no case "${name}"`);
    await found.run(async () => {
      const database = `contract-${contractDatabases++}`;
      let storage = await createDexieStorage({ name: database });
      const reopen = async (): Promise<ChannelStorage> => {
        await storage.close();
        storage = await createDexieStorage({ name: database });
        return storage;
      };
      const dispose = async (): Promise<void> => {
        await storage.close();
        await deleteDatabase(database);
      };
      return { storage, reopen, dispose };
    });
  },

  async open(name: string): Promise<void> {
    open.set(name, await createDexieStorage({ name }));
  },

  /** A later version of the schema, as an update brings it. */
  async openUpdated(name: string): Promise<string> {
    const version = newestVersion() + 1;
    const schema = [...SCHEMA_VERSIONS, { version, stores: { added: "" } }];
    return codeOf(async () => {
      open.set(`${name} updated`, await createDexieStorage({ name, schema, blockedTimeoutMs: 300 }));
    });
  },

  /** A foreign connection that never lets go. */
  async holdRaw(name: string): Promise<void> {
    await settled(indexedDB.open(name));
  },

  /** Commits messages `from` up to `to`, one strict commit. */
  async write(name: string, from: number, to: number): Promise<string> {
    return codeOf(() => storageOf(name).commit(CHANNEL_A, range(from, to).flatMap(receiveOf), "strict"));
  },

  /** Forgets the channel; says why when that fails. */
  async drop(name: string): Promise<string> {
    return codeOf(() => storageOf(name).drop(CHANNEL_A));
  },

  /** Rejects unless messages 0 up to `count`, their bodies and ledger rows are there, and nothing else. */
  async expectMessages(name: string, count: number): Promise<void> {
    const storage = storageOf(name);
    assertEqual(sorted(await storage.load(CHANNEL_A)).messages, range(0, count).map(messageOf), "messages");
    const ids = range(0, count).map(idOf);
    assertEqual((await storage.readBodies(CHANNEL_A, ids)).length, count, "bodies");
    assertEqual((await storage.readLedger(CHANNEL_A, 0, count + 1)).length, count, "ledger rows");
  },

  async countMessages(name: string): Promise<number> {
    return (await storageOf(name).load(CHANNEL_A)).messages.length;
  },

  /**
   * Writes messages without end: 40 relaxed commits, then a strict one. Calls `reportStrict(count)` once `count`
   * messages are strictly on disk, and meanwhile goes on with relaxed ones.
   */
  async burst(name: string): Promise<never> {
    const storage = storageOf(name);
    for (let n = 0; ; n++) {
      if (n % 41 !== 40) {
        const done = storage.commit(CHANNEL_A, receiveOf(n), "relaxed");
        if (n % 10 === 0) await done;
      } else {
        void storage.commit(CHANNEL_A, receiveOf(n), "strict").then(() => reportStrict(n + 1));
      }
    }
  },

  /** How many requests IndexedDB gets while `count` messages, written in commits of `each`, are loaded. */
  async countLoadRequests(count: number, each: number): Promise<number> {
    const name = `load-${count}-${each}`;
    let storage = await createDexieStorage({ name });
    const commits: Promise<void>[] = [];
    for (let n = 0; n < count; n += each) {
      commits.push(storage.commit(CHANNEL_A, range(n, Math.min(n + each, count)).flatMap(receiveOf), "relaxed"));
    }
    await Promise.all(commits);
    await storage.commit(CHANNEL_A, [], "strict");
    await storage.close();
    storage = await createDexieStorage({ name });
    const [{ messages }, requests] = await countRequests(() => storage.load(CHANNEL_A));
    assertEqual(messages.length, count, "messages");
    await storage.close();
    await deleteDatabase(name);
    return requests;
  },

  /** Commits per second, one received message each, one after the other. */
  async measureCommits(durability: "strict" | "relaxed", count: number): Promise<number> {
    const name = `measure-commits-${durability}`;
    const storage = await createDexieStorage({ name });
    const start = performance.now();
    for (let n = 0; n < count; n++) await storage.commit(CHANNEL_A, receiveOf(n), durability);
    const seconds = (performance.now() - start) / 1_000;
    await storage.close();
    await deleteDatabase(name);
    return count / seconds;
  },

  /** Commits that were recorded elsewhere, as JSON with bytes in base64 behind "base64:". */
  async replay(name: string, commits: string): Promise<void> {
    const parsed: { channel: ChannelId; changes: Change[]; durability: Durability }[] = JSON.parse(
      commits,
      (_key, value: unknown) =>
        typeof value === "string" && value.startsWith("base64:")
          ? Uint8Array.from(atob(value.slice("base64:".length)), (letter) => letter.charCodeAt(0))
          : value,
    );
    const storage = storageOf(name);
    await Promise.all(parsed.map(({ channel, changes, durability }) => storage.commit(channel, changes, durability)));
  },

  fillForLeaving,

  async leaveBesideCommits(name: string): Promise<Leaving> {
    return leaveBesideCommits(storageOf(name), name);
  },

  strayRows,

  fillChannel,
  writeToFullChannel,
  readChannel,

  async claim(name: string): Promise<boolean> {
    claim = await claimWriter(navigator.locks, name);
    return claim !== null;
  },

  async release(): Promise<void> {
    await claim?.release();
  },

  async persist(): Promise<string> {
    return persistStorage(navigator.storage);
  },

  async isPersisted(): Promise<boolean> {
    return navigator.storage.persisted();
  },

  async readBodyOfUnknown(name: string): Promise<string> {
    return codeOf(() => storageOf(name).readBodies(CHANNEL_A, [asMessageId("unknown")]));
  },
};

declare global {
  /** Exposed to the page by the spec. */
  function reportStrict(count: number): void;
}

function storageOf(name: string): ChannelStorage {
  const storage = open.get(name);
  if (storage === undefined) throw new Error(`"${name}" is not open here`);
  return storage;
}

/** "ok", or code and words of the `StorageError`. */
async function codeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "ok";
  } catch (error) {
    if (error instanceof StorageError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** What it gives, and the reads that IndexedDB was asked for meanwhile, a cursor's steps among them. */
async function countRequests<T>(call: () => Promise<T>): Promise<[T, number]> {
  const reads = { get: 1, getAll: 1, getKey: 1, getAllKeys: 1, openCursor: 1, openKeyCursor: 1, count: 1 };
  const steps = { continue: 1, advance: 1, continuePrimaryKey: 1 };
  const restores: (() => void)[] = [];
  let requests = 0;
  const watch = (prototype: object, names: object): void => {
    for (const name of Object.keys(names)) {
      const before = Object.getOwnPropertyDescriptor(prototype, name);
      if (before === undefined) continue;
      const original: (...args: unknown[]) => unknown = before.value;
      const counted = function (this: unknown, ...args: unknown[]): unknown {
        requests++;
        return original.apply(this, args);
      };
      Object.defineProperty(prototype, name, { ...before, value: counted });
      restores.push(() => Object.defineProperty(prototype, name, before));
    }
  };
  watch(IDBObjectStore.prototype, reads);
  watch(IDBIndex.prototype, reads);
  watch(IDBCursor.prototype, steps);
  try {
    return [await call(), requests];
  } finally {
    for (const restore of restores) restore();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error(`${name} is still open`));
  });
}
