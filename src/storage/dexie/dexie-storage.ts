import type { LedgerRow } from "../../sds/io/ledger.ts";
import type { BodyRecord, Change, Durability, StoredChannel } from "../../sds/io/records.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import { deviceWithOwnBytes } from "../own-bytes.ts";
import { type ChannelStorage, type DeviceRecord, StorageError } from "../port.ts";
import { toStorageError } from "./errors.ts";
import { Fence } from "./fence.ts";
import { loadChannel } from "./load-channel.ts";
import { moveRowsToPacks, PACK_AT, shrinkPack } from "./message-packs.ts";
import { type OpenedDatabase, type OpenOptions, openDatabase } from "./open-database.ts";
import { CHANNEL_STORES, LEDGER_IDS_INDEX, type StoreName } from "./schema.ts";
import { channelRange, type TransactionWork, transact } from "./transaction.ts";
import { lastPerKey, onlyFrees, storesOf, writeChange } from "./write-change.ts";

/** Which database, and whether it is to be written. */
export interface DexieStorageOptions extends OpenOptions {
  /** Opens for reading only: claims no fence, so the writer goes on; every write is refused. */
  readonly readOnly?: boolean;
}

/**
 * `ChannelStorage` in IndexedDB: one database for all channels of a device, one native transaction per commit. Opening
 * it claims the database: an older connection, in a frozen tab or a worker thought dead, finds its fencing token stale
 * at its next write and gets `closed`. Rejects with `StorageError` when the database cannot be opened.
 */
export async function createDexieStorage(options: DexieStorageOptions): Promise<ChannelStorage> {
  let lost: StorageError | null = null;
  let storage: DexieStorage | null = null;
  const db = await openDatabase(options, (error) => {
    lost ??= error;
    storage?.end(error);
  });
  try {
    storage = new DexieStorage(db, options.readOnly === true ? null : new Fence());
    if (lost !== null) throw lost;
    await storage.claim();
    return storage;
  } catch (error) {
    db.close();
    throw toStorageError(error);
  }
}

class DexieStorage implements ChannelStorage {
  readonly #db: OpenedDatabase;
  /** Null: read-only. */
  readonly #fence: Fence | null;
  readonly #running = new Set<Promise<unknown>>();
  /** Message rows written since the last packing, per channel (a hint: packing counts for itself). */
  readonly #unpacked = new Map<ChannelId, number>();
  #ended: StorageError | null = null;

  constructor(db: OpenedDatabase, fence: Fence | null) {
    this.#db = db;
    this.#fence = fence;
  }

  /** Claims the database as its writer. On a full disk the first write that fits does it, so that one can still read. */
  async claim(): Promise<void> {
    if (this.#fence === null) return;
    try {
      await this.#write([], "relaxed", () => () => undefined);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== "quota") throw error;
    }
  }

  /** From now on every call rejects with `error`; what runs may finish. */
  end(error: StorageError): void {
    this.#ended ??= error;
  }

  async load(channel: ChannelId): Promise<StoredChannel> {
    const loaded = await this.#read(CHANNEL_STORES, (transaction) =>
      loadChannel(transaction, this.#db.KeyRange, channel),
    );
    this.#noteUnpacked(channel, loaded.rows);
    this.#shrinkPacks(loaded.superseded);
    return loaded.channel;
  }

  async commit(channel: ChannelId, changes: readonly Change[], durability: Durability): Promise<void> {
    const write = (transaction: IDBTransaction) => {
      for (const change of lastPerKey(changes)) writeChange(transaction, channel, change);
      return () => undefined;
    };
    await this.#write([...storesOf(changes)], durability, write, onlyFrees(changes));
    const rows = changes.filter((change) => change.op !== "meta" && change.table === "message").length;
    this.#noteUnpacked(channel, rows);
  }

  async readBodies(channel: ChannelId, ids: readonly MessageId[]): Promise<BodyRecord[]> {
    if (ids.length === 0) return this.#read(["body"], () => () => []);
    return this.#read(["body"], (transaction) => {
      const store = transaction.objectStore("body");
      const requests = ids.map((id): [MessageId, IDBRequest<Uint8Array | undefined>] => [id, store.get([channel, id])]);
      return () => requests.flatMap(([id, { result }]) => (result === undefined ? [] : { id, bytes: result }));
    });
  }

  async readLedger(channel: ChannelId, afterSeq: number, limit: number): Promise<LedgerRow[]> {
    if (limit <= 0) return this.#read(["ledger"], () => () => []);
    const range = this.#db.KeyRange.bound([channel, afterSeq], [channel, []], true);
    return this.#read(["ledger"], (transaction) => {
      const rows: IDBRequest<LedgerRow[]> = transaction.objectStore("ledger").getAll(range, Math.min(limit, MAX_COUNT));
      return () => rows.result;
    });
  }

  async readLedgerOf(channel: ChannelId, id: MessageId): Promise<LedgerRow[]> {
    return this.#read(["ledger"], (transaction) => {
      const index = transaction.objectStore("ledger").index(LEDGER_IDS_INDEX);
      const keys = index.getAllKeys(id);
      const rows: IDBRequest<LedgerRow[]> = index.getAll(id);
      // Two channels may hold the same id; both lists are in the order of the primary key [channel, seq].
      return () => rows.result.filter((_row, at) => channelOf(keys.result[at]) === channel);
    });
  }

  async drop(channel: ChannelId): Promise<void> {
    const range = channelRange(this.#db.KeyRange, channel);
    const forget = (transaction: IDBTransaction) => {
      for (const store of CHANNEL_STORES) transaction.objectStore(store).delete(range);
      transaction.objectStore("device").delete(channel);
      return () => undefined;
    };
    await this.#write([...CHANNEL_STORES, "device"], "strict", forget, true);
  }

  async listDevice(): Promise<DeviceRecord[]> {
    return this.#read(["device"], (transaction) => {
      const records: IDBRequest<DeviceRecord[]> = transaction.objectStore("device").getAll();
      return () => records.result;
    });
  }

  async putDevice(record: DeviceRecord): Promise<void> {
    await this.#write(["device"], "strict", (transaction) => {
      transaction.objectStore("device").put(deviceWithOwnBytes(record), record.channel);
      return () => undefined;
    });
  }

  /** Waits for what is running, then ends the connection. Idempotent. */
  async close(): Promise<void> {
    this.end(new StorageError("closed", "The storage was closed: open it again before using it."));
    await Promise.allSettled(this.#running);
    this.#db.close();
  }

  #read<T>(stores: readonly StoreName[], work: TransactionWork<T>): Promise<T> {
    return this.#run(() => transact(this.#db.native, { stores, mode: "readonly", durability: "relaxed" }, work));
  }

  /** The control store in every scope makes all writes of the database run in call order, and holds the fence. */
  #write(
    stores: readonly StoreName[],
    durability: Durability,
    work: TransactionWork<void>,
    onlyFrees = false,
  ): Promise<void> {
    const fence = this.#fence;
    if (fence === null) {
      return Promise.reject(
        new StorageError("failed", "This storage is open for reading only: write through its owner."),
      );
    }
    return this.#run(() =>
      transact(
        this.#db.native,
        { stores: [...stores, "control"], mode: "readwrite", durability },
        (transaction, fail) => {
          fence.guard(transaction, { touch: stores.length === 0, onlyFrees }, (error) => {
            this.end(error);
            fail(error);
          });
          return work(transaction, fail);
        },
      ),
    );
  }

  #run<T>(start: () => Promise<T>): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const running = start();
    this.#running.add(running);
    const forget = (): void => {
      this.#running.delete(running);
    };
    running.then(forget, forget);
    return running;
  }

  #noteUnpacked(channel: ChannelId, rows: number): void {
    const unpacked = (this.#unpacked.get(channel) ?? 0) + rows;
    this.#unpacked.set(channel, unpacked < PACK_AT ? unpacked : 0);
    if (unpacked < PACK_AT) return;
    this.#tidy(["message", "messagePack"], (transaction) => moveRowsToPacks(transaction, this.#db.KeyRange, channel));
  }

  #shrinkPacks(superseded: readonly (readonly [IDBValidKey, ReadonlySet<MessageId>])[]): void {
    for (const [key, dead] of superseded) {
      this.#tidy(["messagePack"], (transaction) => shrinkPack(transaction, key, dead));
    }
  }

  /** Housekeeping in its own transaction: if it fails or never runs, everything is still there, only slower to load. */
  #tidy(stores: readonly StoreName[], work: (transaction: IDBTransaction) => void): void {
    if (this.#fence === null || this.#ended !== null) return;
    this.#write(stores, "relaxed", (transaction) => {
      work(transaction);
      return () => undefined;
    }).catch(() => undefined);
  }
}

/** `getAll` takes an unsigned 32-bit count. */
const MAX_COUNT = 2 ** 32 - 1;

const channelOf = (key: IDBValidKey | undefined): unknown => (Array.isArray(key) ? key[0] : undefined);
