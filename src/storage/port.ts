import type { DayRecord } from "../sds/io/day-sums.ts";
import type { LedgerRow } from "../sds/io/ledger.ts";
import type {
  BodyRecord,
  Change,
  Durability,
  StoredBesides,
  StoredChannel,
  StoredMessages,
  SummaryRecord,
} from "../sds/io/records.ts";
import type { ChannelId, MessageId } from "../sds/wire/ids.ts";

/**
 * Where a device keeps its channels. Adapters: `dexie` (IndexedDB), `memory`. Every adapter passes `contract.ts`.
 * All methods reject with `StorageError`; none hangs.
 */
export interface ChannelStorage {
  /** Everything needed to boot the channel, records in no particular order; an unknown channel loads empty. */
  load(channel: ChannelId): Promise<StoredChannel>;
  /**
   * The same without holding all records at once: `begin` is called with all but the messages, and gets these then, in any order
   * but that what was written later under an id is put later. Resolves with what `begin` returned; rejects with what it throws.
   */
  read<T extends StoredMessages>(channel: ChannelId, begin: (besides: StoredBesides) => T): Promise<T>;
  /**
   * One transaction: all of `changes` or none. Commits of one channel apply in call order. `strict` resolves when the
   * data is on disk, and then every earlier relaxed commit of this channel is on disk too (it is the barrier, also
   * without changes of its own). Records are copied during the call.
   */
  commit(channel: ChannelId, changes: readonly Change[], durability: Durability): Promise<void>;
  /** Bodies by id; ids not held are left out. Order is that of `ids`. */
  readBodies(channel: ChannelId, ids: readonly MessageId[]): Promise<BodyRecord[]>;
  /** Ledger rows with seq > `afterSeq`, ascending, at most `limit`. */
  readLedger(channel: ChannelId, afterSeq: number, limit: number): Promise<LedgerRow[]>;
  /** Ledger rows that speak of a message, ascending. */
  readLedgerOf(channel: ChannelId, id: MessageId): Promise<LedgerRow[]>;
  /** What older rows were folded into, by Lamport timestamp; those without are left out. Order is that of `lamports`. */
  readSummaries(channel: ChannelId, lamports: readonly number[]): Promise<SummaryRecord[]>;
  /** The lowest Lamport timestamp that has any; null when there is none. */
  firstSummary(channel: ChannelId): Promise<number | null>;
  /** Sums of what older rows told, of `fromDay` (days since the epoch) and later, ascending. */
  readDays(channel: ChannelId, fromDay: number): Promise<DayRecord[]>;
  /**
   * Forgets the channel and everything in it, its device record with the key included: once it resolves, on disk, nobody finds
   * anything of it again, and a channel of the same id begins empty. It takes as long as a small commit, however much there
   * is: what the channel takes up on the disk is given back later, in portions, beside what else is written, over restarts too.
   */
  drop(channel: ChannelId): Promise<void>;
  /** The joined channels of this device. */
  listDevice(): Promise<DeviceRecord[]>;
  putDevice(record: DeviceRecord): Promise<void>;
  close(): Promise<void>;
}

/** One joined channel with this device's key in it. Kept by structured clone, so a CryptoKey stays non-extractable. */
export interface DeviceRecord {
  readonly channel: ChannelId;
  /** Encoded, owner-signed descriptor. */
  readonly descriptor: Uint8Array;
  readonly key: DeviceKey;
  readonly displayName: string;
  readonly joinedAt: number;
}

/** As in src/identity/port.ts, where it is explained. */
export type DeviceKey =
  | { readonly kind: "webcrypto"; readonly privateKey: CryptoKey; readonly publicKey: Uint8Array }
  | { readonly kind: "raw"; readonly secretKey: Uint8Array; readonly publicKey: Uint8Array };

/**
 * - `quota`: the disk is full, or the browser gives no more
 * - `blocked`: another tab holds the database open at another version
 * - `closed`: this connection was closed, or another writer took over
 * - `corrupt`: what is stored cannot be read
 * - `failed`: anything else
 */
export type StorageErrorCode = "quota" | "blocked" | "closed" | "corrupt" | "failed";

/** `message` is for people; `code` is stable. After one, what was not resolved is not stored. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
