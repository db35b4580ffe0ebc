import type { DayRecord } from "../../sds/io/day-sums.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type {
  BodyRecord,
  Change,
  Durability,
  StoredBesides,
  StoredChannel,
  StoredMessages,
  SummaryRecord,
} from "../../sds/io/records.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import { collectMessages } from "../collect-messages.ts";
import { deviceWithOwnBytes } from "../own-bytes.ts";
import { type ChannelStorage, type DeviceRecord, StorageError } from "../port.ts";
import { bodyKey } from "./body-key.ts";
import { toStorageError } from "./errors.ts";
import { Fence } from "./fence.ts";
import { readChannel } from "./load-channel.ts";
import { moveRowsToPacks, PACK_AT, rewritePack } from "./message-packs.ts";
import { type OpenedDatabase, type OpenOptions, openDatabase } from "./open-database.ts";
import { CHANNEL_STORES, LEDGER_IDS_INDEX, type Space, type StoreName, SWEPT_KEY } from "./schema.ts";
import { forgetSpace, readSpaces, Spaces } from "./spaces.ts";
import { deletePortion, findLeft, leftBy, Sweep } from "./sweep.ts";
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
    await storage.begin();
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
  /** Message rows written since the last packing, per space (a hint: packing counts for itself). */
  readonly #unpacked = new Map<Space, number>();
  #spaces = new Spaces({ spaces: [], last: 0, swept: false });
  readonly #sweep = new Sweep({
    deleteRows: (left, rows) =>
      this.#write([left.store], "relaxed", (open) => deletePortion(open, this.#db.KeyRange, left, rows), true),
    onSwept: () => this.#noteSwept(),
    now: () => performance.now(),
  });
  /** Channels are being left: whatever was swept, theirs is not. */
  #leaving = 0;
  #ended: StorageError | null = null;

  constructor(db: OpenedDatabase, fence: Fence | null) {
    this.#db = db;
    this.#fence = fence;
  }

  /** Claims the database, learns where the channels are, and goes on with deleting those that were left. */
  async begin(): Promise<void> {
    if (this.#fence === null) return;
    await this.#claim();
    const stored = await this.#read(["space", "control"], readSpaces);
    this.#spaces = new Spaces(stored);
    if (stored.swept) return;
    const left = await this.#read(CHANNEL_STORES, (transaction) =>
      findLeft(transaction, this.#db.KeyRange, this.#spaces.all()),
    );
    if (left.length === 0) await this.#noteSwept();
    else this.#sweep.add(left);
  }

  /** As its writer. On a full disk the first write that fits does it, so that one can still read. */
  async #claim(): Promise<void> {
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
    const { besides, messages } = await this.read(channel, collectMessages);
    return { ...besides, messages: [...messages.values()] };
  }

  async read<T extends StoredMessages>(channel: ChannelId, begin: (besides: StoredBesides) => T): Promise<T> {
    const { space, outcome } = await this.#readOf(channel, CHANNEL_STORES, (transaction, space) => {
      const read = readChannel(transaction, this.#db.KeyRange, space, begin);
      return () => ({ space, outcome: read() });
    });
    if (!outcome.ok) throw outcome.error;
    const { reader, rows, worthRewriting } = outcome.value;
    this.#noteUnpacked(space, rows);
    void this.#rewritePacks(worthRewriting);
    return reader;
  }

  async commit(channel: ChannelId, changes: readonly Change[], durability: Durability): Promise<void> {
    const frees = onlyFrees(changes);
    const space = frees || changes.length === 0 ? this.#spaces.get(channel) : this.#spaces.take(channel);
    const stores: StoreName[] = [...storesOf(changes)];
    const isNew = !frees && !this.#spaces.isSaved(channel);
    if (isNew) stores.push("space");
    const write = (transaction: IDBTransaction) => {
      if (isNew) this.#spaces.save(transaction, channel);
      for (const change of lastPerKey(changes)) writeChange(transaction, this.#db.KeyRange, space, change);
      return () => undefined;
    };
    await this.#write(stores, durability, write, frees);
    const rows = changes.filter((change) => change.op !== "meta" && change.table === "message").length;
    this.#noteUnpacked(space, rows);
  }

  async readBodies(channel: ChannelId, ids: readonly MessageId[]): Promise<BodyRecord[]> {
    if (ids.length === 0) return this.#read(["body"], () => () => []);
    return this.#readOf(channel, ["body"], (transaction, space) => {
      const store = transaction.objectStore("body");
      const requests = ids.map((id): [MessageId, IDBRequest<Uint8Array | undefined>] => [
        id,
        store.get(bodyKey(space, id)),
      ]);
      return () => requests.flatMap(([id, { result }]) => (result === undefined ? [] : { id, bytes: result }));
    });
  }

  async readLedger(channel: ChannelId, afterSeq: number, limit: number): Promise<LedgerRow[]> {
    if (limit <= 0) return this.#read(["ledger"], () => () => []);
    return this.#readOf(channel, ["ledger"], (transaction, space) => {
      const range = this.#db.KeyRange.bound([space, afterSeq], [space, []], true);
      const rows: IDBRequest<LedgerRow[]> = transaction.objectStore("ledger").getAll(range, Math.min(limit, MAX_COUNT));
      return () => rows.result;
    });
  }

  async readLedgerOf(channel: ChannelId, id: MessageId): Promise<LedgerRow[]> {
    return this.#readOf(channel, ["ledger"], (transaction, space) => {
      const index = transaction.objectStore("ledger").index(LEDGER_IDS_INDEX);
      const keys = index.getAllKeys(id);
      const rows: IDBRequest<LedgerRow[]> = index.getAll(id);
      // Two channels may hold the same id; both lists are in the order of the primary key [space, seq].
      return () => rows.result.filter((_row, at) => spaceOf(keys.result[at]) === space);
    });
  }

  async readSummaries(channel: ChannelId, lamports: readonly number[]): Promise<SummaryRecord[]> {
    if (lamports.length === 0) return this.#read(["summary"], () => () => []);
    return this.#readOf(channel, ["summary"], (transaction, space) => {
      const store = transaction.objectStore("summary");
      const requests = lamports.map((lamport): [number, IDBRequest<Uint8Array | undefined>] => [
        lamport,
        store.get([space, lamport]),
      ]);
      return () =>
        requests.flatMap(([lamport, { result }]) => (result === undefined ? [] : { lamport, bytes: result }));
    });
  }

  async firstSummary(channel: ChannelId): Promise<number | null> {
    return this.#readOf(channel, ["summary"], (transaction, space) => {
      const first = transaction.objectStore("summary").openKeyCursor(channelRange(this.#db.KeyRange, space));
      let key: IDBValidKey | undefined;
      first.onsuccess = () => {
        key = first.result?.key;
      };
      return () => (Array.isArray(key) ? Number(key[1]) : null);
    });
  }

  async readDays(channel: ChannelId, fromDay: number): Promise<DayRecord[]> {
    return this.#readOf(channel, ["day"], (transaction, space) => {
      const range = this.#db.KeyRange.bound([space, fromDay], [space, []]);
      const days: IDBRequest<DayRecord[]> = transaction.objectStore("day").getAll(range);
      return () => days.result;
    });
  }

  async drop(channel: ChannelId): Promise<void> {
    const space = this.#spaces.leave(channel);
    const forget = (transaction: IDBTransaction) => {
      forgetSpace(transaction, channel);
      transaction.objectStore("device").delete(channel);
      return () => undefined;
    };
    this.#leaving++;
    try {
      await this.#write(["space", "device"], "strict", forget, true);
    } catch (error) {
      if (space !== null) this.#spaces.keep(channel, space);
      throw error;
    } finally {
      this.#leaving--;
    }
    if (space !== null) this.#sweep.add(leftBy(space));
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

  /** What `work` reads of `channel`. Whoever only looks on does not hear that a channel was left and joined again. */
  #readOf<T>(
    channel: ChannelId,
    stores: readonly StoreName[],
    work: (transaction: IDBTransaction, space: Space) => () => T,
  ): Promise<T> {
    const readIn = (spaces: Spaces) => this.#read(stores, (transaction) => work(transaction, spaces.get(channel)));
    if (this.#fence !== null) return readIn(this.#spaces);
    return this.#read(["space", "control"], readSpaces).then((stored) => readIn(new Spaces(stored)));
  }

  /** The control store in every scope makes all writes of the database run in call order, and holds the fence. */
  #write<T>(
    stores: readonly StoreName[],
    durability: Durability,
    work: TransactionWork<T>,
    onlyFrees = false,
  ): Promise<T> {
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

  #noteUnpacked(space: Space, rows: number): void {
    const unpacked = (this.#unpacked.get(space) ?? 0) + rows;
    this.#unpacked.set(space, unpacked < PACK_AT ? unpacked : 0);
    if (unpacked < PACK_AT) return;
    void this.#tidy(["message", "messagePack"], (transaction) =>
      moveRowsToPacks(transaction, this.#db.KeyRange, space),
    );
  }

  /** One after the other: whatever else is to be written waits for one of them at most. */
  async #rewritePacks(packs: readonly (readonly [IDBValidKey, ReadonlySet<MessageId>])[]): Promise<void> {
    for (const [key, dead] of packs) {
      await this.#tidy(["messagePack"], (transaction) => rewritePack(transaction, key, dead));
    }
  }

  /** With this the next start need not look for what is left. */
  #noteSwept(): Promise<void> {
    if (this.#leaving > 0) return Promise.resolve();
    return this.#tidy(["control"], (transaction) => transaction.objectStore("control").put(1, SWEPT_KEY));
  }

  /** Housekeeping in its own transaction: if it fails or never runs, everything is still there, only slower to load. */
  #tidy(stores: readonly StoreName[], work: (transaction: IDBTransaction) => void): Promise<void> {
    if (this.#fence === null || this.#ended !== null) return Promise.resolve();
    return this.#write(stores, "relaxed", (transaction) => {
      work(transaction);
      return () => undefined;
    }).catch(() => undefined);
  }
}

/** `getAll` takes an unsigned 32-bit count. */
const MAX_COUNT = 2 ** 32 - 1;

const spaceOf = (key: IDBValidKey | undefined): unknown => (Array.isArray(key) ? key[0] : undefined);
