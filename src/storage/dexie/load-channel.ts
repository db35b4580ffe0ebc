import type { HoleRecord, MetaRecords, OutboxRecord, ParticipantRecord, StoredChannel } from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { foldMessages, supersededEntries } from "./message-packs.ts";
import type { MessagePack, MessageRow, Space } from "./schema.ts";
import { channelRange } from "./transaction.ts";

export interface LoadedChannel {
  readonly channel: StoredChannel;
  /** Message rows that are not in a pack. */
  readonly rows: number;
  /** Packs worth shrinking: their keys and the entries that no longer count. */
  readonly superseded: readonly (readonly [IDBValidKey, ReadonlySet<MessageId>])[];
}

/** Reads all of the channel in `space` in one snapshot; `transaction` spans all channel stores. */
export function loadChannel(
  transaction: IDBTransaction,
  KeyRange: typeof IDBKeyRange,
  space: Space,
): () => LoadedChannel {
  const range = channelRange(KeyRange, space);
  const store = (name: string): IDBObjectStore => transaction.objectStore(name);
  const packKeys = store("messagePack").getAllKeys(range);
  const packs: IDBRequest<MessagePack[]> = store("messagePack").getAll(range);
  const rows: IDBRequest<MessageRow[]> = store("message").getAll(range);
  const outbox: IDBRequest<OutboxRecord[]> = store("outbox").getAll(range);
  const participants: IDBRequest<ParticipantRecord[]> = store("participant").getAll(range);
  const holes: IDBRequest<HoleRecord[]> = store("hole").getAll(range);
  const metaKeys = store("meta").getAllKeys(range);
  const metaValues: IDBRequest<number[]> = store("meta").getAll(range);
  return () => ({
    channel: {
      messages: foldMessages(packs.result, rows.result),
      outbox: outbox.result,
      participants: participants.result,
      holes: holes.result,
      meta: toMeta(metaKeys.result, metaValues.result),
    },
    rows: rows.result.length,
    superseded: toKeys(packKeys.result, supersededEntries(packs.result)),
  });
}

export function toMeta(keys: readonly IDBValidKey[], values: readonly number[]): Partial<MetaRecords> {
  const names = keys.map((key) => (Array.isArray(key) ? key[1] : key));
  return Object.fromEntries(values.map((value, at) => [names[at], value])) as Partial<MetaRecords>;
}

function toKeys(
  keys: readonly IDBValidKey[],
  superseded: ReadonlyMap<number, ReadonlySet<MessageId>>,
): (readonly [IDBValidKey, ReadonlySet<MessageId>])[] {
  return [...superseded].flatMap(([at, dead]) => {
    const key = keys[at];
    return key === undefined ? [] : [[key, dead] as const];
  });
}
