import { IDBDatabase, IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { Change, Durability } from "../../src/sds/io/records.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import { createDexieStorage } from "../../src/storage/dexie/dexie-storage.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import type { DeviceDisk } from "../full/device-disk.ts";
import { whileUnderWay } from "../full/under-way.ts";

interface Committed {
  readonly channel: ChannelId;
  readonly changes: readonly Change[];
  readonly durability: Durability;
}

export interface DexieDeviceDisk extends DeviceDisk {
  /** Begins this commit on the storage that is open and breaks its transaction off after the first row. */
  breakOff(commit: Committed): Promise<void>;
}

/**
 * The product's IndexedDB storage. A browser that loses power keeps whole transactions up to some point after the last
 * strict one; then the database is made anew from those that stay.
 */
export function createDexieDeviceDisk(): DexieDeviceDisk {
  patchTransactions();
  let databases = new IDBFactory();
  let committed: Committed[] = [];
  let durable = 0;
  let torn = false;
  let current: ChannelStorage | null = null;

  const connect = (): Promise<ChannelStorage> => {
    return createDexieStorage({ name: "hearback-simulated", indexedDB: databases, IDBKeyRange });
  };

  async function rebuild(): Promise<void> {
    torn = false;
    databases = new IDBFactory();
    const storage = await connect();
    for (const { channel, changes, durability } of committed) await storage.commit(channel, changes, durability);
    await storage.close();
  }

  return {
    open: async () => {
      if (torn) await rebuild();
      const storage = await connect();
      current = storage;
      return recording(storage, (commit) => {
        committed.push(structuredClone(commit));
        if (commit.durability === "strict") durable = committed.length;
      });
    },
    crash(keep) {
      const stay = Math.min(committed.length, durable + keep);
      torn ||= stay < committed.length;
      committed = committed.slice(0, stay);
      durable = stay;
    },
    async breakOff({ channel, changes, durability }) {
      if (current === null) throw new Error("There is no storage to break off.");
      breakNext = true;
      const outcome = await whileUnderWay(
        current.commit(channel, changes, durability).then(
          () => "written",
          () => "refused",
        ),
      );
      if (breakNext || outcome === "written") throw new Error("The transaction was not broken off.");
    },
  };
}

function recording(storage: ChannelStorage, note: (commit: Committed) => void): ChannelStorage {
  return {
    commit: (channel, changes, durability) => {
      note({ channel, changes, durability });
      return storage.commit(channel, changes, durability);
    },
    load: (channel) => storage.load(channel),
    read: (channel, begin) => storage.read(channel, begin),
    readBodies: (channel, ids) => storage.readBodies(channel, ids),
    readLedger: (channel, afterSeq, limit) => storage.readLedger(channel, afterSeq, limit),
    readLedgerOf: (channel, id) => storage.readLedgerOf(channel, id),
    readSummaries: (channel, lamports) => storage.readSummaries(channel, lamports),
    firstSummary: (channel) => storage.firstSummary(channel),
    readDays: (channel, fromDay) => storage.readDays(channel, fromDay),
    drop: (channel) => storage.drop(channel),
    listDevice: () => storage.listDevice(),
    putDevice: (record) => storage.putDevice(record),
    close: () => storage.close(),
  };
}

/** The next transaction that writes is aborted once its first row is written, or at once when it writes none. */
let breakNext = false;
let patched = false;

function patchTransactions(): void {
  if (patched) return;
  patched = true;
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function broken(this: IDBDatabase, ...values: Parameters<typeof transaction>) {
    const begun = transaction.apply(this, values);
    if (!breakNext || values[1] !== "readwrite") return begun;
    breakNext = false;
    let writes = 0;
    const { objectStore } = begun;
    begun.objectStore = (name) => {
      const store = objectStore.call(begun, name);
      const { put } = store;
      store.put = (...row) => {
        const request = put.apply(store, row);
        if (writes++ === 0) request.addEventListener("success", () => begun.abort());
        return request;
      };
      return store;
    };
    queueMicrotask(() => {
      if (writes === 0) begun.abort();
    });
    return begun;
  };
}
