import type { MessageRecord } from "../../sds/io/records.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";

/**
 * One database holds all channels of a device. All keys are out of line, so a value is the record itself:
 *
 * | store       | key                  | value |
 * |-------------|----------------------|-------|
 * | message     | [space, id]          | `MessageRow`: recent index entries and deletions; overrides `messagePack` |
 * | messagePack | [space, number]      | `MessagePack`: older index entries, many in one value (loads 10 times faster) |
 * | body        | [space, id]          | the SDS bytes; `body-key.ts` says how the id is written |
 * | outbox      | [space, id]          | `OutboxRecord` |
 * | participant | [space, index]       | `ParticipantRecord` |
 * | hole        | [space, id]          | `HoleRecord` |
 * | meta        | [space, name]        | number |
 * | ledger      | [space, seq]         | `LedgerRow`; index `ids` finds rows by message |
 * | summary     | [space, lamport]     | bytes: what older rows told of the messages with that timestamp |
 * | day         | [space, day]         | `DayRecord`: sums of what older rows told |
 * | space       | channel              | `Space`: where the rows of a channel are; without it they are nobody's and go |
 * | device      | channel              | `DeviceRecord` |
 * | control     | "fence"              | number: the token of the newest writer |
 * | control     | "lastSpace"          | number: the highest one that a channel was given |
 * | control     | "swept"              | 1: no rows are nobody's |
 *
 * To change the layout add a version below the last one with its `upgrade`; never edit a version that was released.
 * No migration deletes what people wrote: an upgrade may move or re-encode bodies, messages and the outbox, never drop
 * them; what can be rebuilt may go.
 */
export const SCHEMA_VERSIONS: readonly SchemaVersion[] = [
  {
    version: 1,
    stores: {
      message: "",
      messagePack: "",
      body: "",
      outbox: "",
      participant: "",
      hole: "",
      meta: "",
      ledger: ",*ids",
      device: "",
      control: "",
    },
  },
  {
    version: 2,
    stores: { space: "", summary: "", day: "" },
    // What was joined stays where it is: under its own id.
    upgrade: (transaction) => {
      const joined = transaction.objectStore("device").getAllKeys();
      joined.onsuccess = () => {
        for (const channel of joined.result) transaction.objectStore("space").put(channel, channel);
      };
    },
  },
];

/** Dexie multiplies its versions by this, and uses the numbers between for itself. */
const NATIVE_VERSIONS_PER_VERSION = 10;

export const versionOf = (db: IDBDatabase): number => Math.floor(db.version / NATIVE_VERSIONS_PER_VERSION);

export function newestVersion(schema: readonly SchemaVersion[] = SCHEMA_VERSIONS): number {
  return Math.max(...schema.map(({ version }) => version));
}

export interface SchemaVersion {
  readonly version: number;
  /** Dexie's notation: "" is a store with out-of-line keys; "*ids" is a multi-entry index. */
  readonly stores: Readonly<Record<string, string>>;
  /** Runs inside the version-change transaction. */
  readonly upgrade?: (transaction: IDBTransaction) => void;
}

/** Rows move from `message` to `messagePack`: whoever empties them takes them in this order. */
export const CHANNEL_STORES = [
  "message",
  "messagePack",
  "body",
  "outbox",
  "participant",
  "hole",
  "meta",
  "ledger",
  "summary",
  "day",
] as const;
export type ChannelStore = (typeof CHANNEL_STORES)[number];
export type StoreName = ChannelStore | "space" | "device" | "control";

/** The first part of the keys of a channel's rows. Channels that were joined before there were numbers have their id. */
export type Space = number | ChannelId;

export const FENCE_KEY = "fence";
export const LAST_SPACE_KEY = "lastSpace";
export const SWEPT_KEY = "swept";
export const LEDGER_IDS_INDEX = "ids";

/** A deletion is kept as a row, since a pack may still hold the entry. */
export type MessageRow = MessageRecord | MessageTombstone;
export interface MessageTombstone {
  readonly id: MessageId;
  readonly gone: true;
}

export const isTombstone = (row: MessageRow): row is MessageTombstone => "gone" in row;

/**
 * Packs apply in the order of their numbers; `packed`, `records` and `gone` of one pack name different ids. Packs of the first
 * programs have records only; each start writes some of them anew.
 */
export interface MessagePack {
  /** `pack-codec.ts`. */
  readonly packed?: Uint8Array;
  /** Those that cannot be written so. */
  readonly records: readonly MessageRecord[];
  readonly gone: readonly MessageId[];
}
