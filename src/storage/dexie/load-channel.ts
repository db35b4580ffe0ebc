import type {
  HoleRecord,
  MetaRecords,
  OutboxRecord,
  ParticipantRecord,
  StoredBesides,
  StoredMessages,
} from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { createPackReader } from "./pack-reader.ts";
import type { MessagePack, MessageRow, Space } from "./schema.ts";
import { channelRange } from "./transaction.ts";

/**
 * Packs that are read at once: some thousand messages, a few megabytes. With one at a time the engine would wait for the disk,
 * with all at once a long log takes several times the memory of what is made of it.
 */
const PACKS_AT_ONCE = 8;

export interface ReadChannel<T> {
  /** What `begin` returned. */
  readonly reader: T;
  /** Message rows that are not in a pack. */
  readonly rows: number;
  /** Packs worth writing anew: their keys and the entries that no longer count. */
  readonly worthRewriting: readonly (readonly [IDBValidKey, ReadonlySet<MessageId>])[];
}

/**
 * Reads all of the channel in `space` in one snapshot; `transaction` spans all channel stores. The messages go to what `begin` makes of the
 * rest, a few packs at a time. What that throws is thrown by the function that is returned.
 */
export function readChannel<T extends StoredMessages>(
  transaction: IDBTransaction,
  KeyRange: typeof IDBKeyRange,
  space: Space,
  begin: (besides: StoredBesides) => T,
): () => Outcome<ReadChannel<T>> {
  const range = channelRange(KeyRange, space);
  const store = (name: string): IDBObjectStore => transaction.objectStore(name);
  const rows: IDBRequest<MessageRow[]> = store("message").getAll(range);
  const outbox: IDBRequest<OutboxRecord[]> = store("outbox").getAll(range);
  const participants: IDBRequest<ParticipantRecord[]> = store("participant").getAll(range);
  const holes: IDBRequest<HoleRecord[]> = store("hole").getAll(range);
  const metaKeys = store("meta").getAllKeys(range);
  const metaValues: IDBRequest<number[]> = store("meta").getAll(range);
  const packKeys = store("messagePack").getAllKeys(range);
  let outcome: Outcome<ReadChannel<T>> | null = null;

  /** What is thrown in an event of a transaction reaches nobody. What was asked for before that may still come. */
  function guarded(action: () => void): () => void {
    return () => {
      if (outcome !== null) return;
      try {
        action();
      } catch (error) {
        outcome = { ok: false, error };
      }
    };
  }

  // Requests of one transaction are answered in order, so all the others are there by now.
  packKeys.onsuccess = guarded(() => {
    const keys = packKeys.result;
    const besides = { outbox: outbox.result, participants: participants.result, holes: holes.result };
    const reader = begin({ ...besides, meta: toMeta(metaKeys.result, metaValues.result) });
    const packReader = createPackReader(reader);

    function readFrom(start: number): void {
      const end = Math.min(start + PACKS_AT_ONCE, keys.length);
      if (start >= end) {
        packReader.rows(rows.result);
        outcome = {
          ok: true,
          value: { reader, rows: rows.result.length, worthRewriting: packReader.worthRewriting(keys) },
        };
        return;
      }
      const some: IDBRequest<MessagePack[]> = store("messagePack").getAll(KeyRange.bound(keys[start], keys[end - 1]));
      some.onsuccess = guarded(() => {
        // The disk is busy with the next ones while these are taken in.
        if (end < keys.length) readFrom(end);
        for (const pack of some.result) packReader.pack(pack);
        if (end >= keys.length) readFrom(end);
      });
    }

    readFrom(0);
  });
  return () => outcome ?? { ok: false, error: new Error("The channel was not read to its end.") };
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export function toMeta(keys: readonly IDBValidKey[], values: readonly number[]): Partial<MetaRecords> {
  const names = keys.map((key) => (Array.isArray(key) ? key[1] : key));
  return Object.fromEntries(values.map((value, at) => [names[at], value])) as Partial<MetaRecords>;
}
