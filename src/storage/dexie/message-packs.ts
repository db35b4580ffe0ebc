import type { MessageRecord, StoredMessage } from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { asWritten } from "../collect-messages.ts";
import { decodeRecords, encodeRecords } from "./pack-codec.ts";
import { isTombstone, type MessagePack, type MessageRow, type Space } from "./schema.ts";
import { channelRange } from "./transaction.ts";

/**
 * Message index entries are read all at once at boot and one row each costs most of that time. So new entries are rows
 * (simple upserts), and whenever `PACK_AT` rows have gathered they move, in one transaction, into packs of up to
 * `PACK_SIZE` entries. A row overrides any pack, a later pack an earlier one.
 */
export const PACK_AT = 256;
export const PACK_SIZE = 256;

/** The entries that count: packs in order, then rows. */
export function foldMessages(packs: readonly MessagePack[], rows: readonly MessageRow[]): MessageRecord[] {
  const messages = new Map<MessageId, MessageRecord>();
  for (const pack of packs) {
    eachRecord(pack, (record) => messages.set(record.id, asWritten(record)));
    for (const id of pack.gone) messages.delete(id);
  }
  for (const row of rows) {
    if (isTombstone(row)) messages.delete(row.id);
    else messages.set(row.id, row);
  }
  return [...messages.values()];
}

/** In the order in which they lie in the pack. */
export function eachRecord({ packed, records }: MessagePack, take: (record: StoredMessage) => void): void {
  if (packed !== undefined) decodeRecords(packed, take);
  for (const record of records) take(record);
}

/** It has nothing but deletions. */
export function isOnlyGone({ packed, records }: MessagePack): boolean {
  return packed === undefined && records.length === 0;
}

/** Moves the rows in `space` into packs, inside `transaction` (readwrite on `message` and `messagePack`). */
export function moveRowsToPacks(transaction: IDBTransaction, KeyRange: typeof IDBKeyRange, space: Space): void {
  const range = channelRange(KeyRange, space);
  const packs = transaction.objectStore("messagePack");
  const rows = transaction.objectStore("message");
  const last = packs.openKeyCursor(range, "prev");
  last.onsuccess = () => {
    const all: IDBRequest<MessageRow[]> = rows.getAll(range);
    all.onsuccess = () => {
      if (all.result.length < PACK_AT) return;
      let number = numberOf(last.result?.key);
      for (const pack of toPacks(all.result)) packs.put(pack, [space, ++number]);
      rows.delete(range);
    };
  };
}

/**
 * Writes the pack at `key` anew without `dead`, in the form of today, inside `transaction` (readwrite on `messagePack`).
 */
export function rewritePack(transaction: IDBTransaction, key: IDBValidKey, dead: ReadonlySet<MessageId>): void {
  const packs = transaction.objectStore("messagePack");
  const found: IDBRequest<MessagePack | undefined> = packs.get(key);
  found.onsuccess = () => {
    // Absent when the channel was dropped meanwhile: it must stay so.
    if (found.result === undefined) return;
    const records: MessageRecord[] = [];
    eachRecord(found.result, (record) => {
      if (!dead.has(record.id)) records.push(asWritten(record));
    });
    const gone = found.result.gone.filter((id) => !dead.has(id));
    if (records.length === 0 && gone.length === 0) packs.delete(key);
    else packs.put(toPack(records, gone), key);
  };
}

/** By time, so that the last packs hold the newest messages. */
function toPacks(unsorted: readonly MessageRow[]): MessagePack[] {
  const rows = [...unsorted].sort((a, b) => lamportOf(a) - lamportOf(b));
  const packs: MessagePack[] = [];
  for (let start = 0; start < rows.length; start += PACK_SIZE) {
    const slice = rows.slice(start, start + PACK_SIZE);
    const gone = slice.filter(isTombstone).map(({ id }) => id);
    packs.push(toPack(slice.filter(isRecord), gone));
  }
  return packs;
}

function toPack(records: readonly MessageRecord[], gone: readonly MessageId[]): MessagePack {
  if (records.length === 0) return { records, gone };
  const { bytes, left } = encodeRecords(records);
  return { packed: bytes, records: left, gone };
}

const lamportOf = (row: MessageRow): number => (isTombstone(row) ? 0 : row.lamport);
const isRecord = (row: MessageRow): row is MessageRecord => !isTombstone(row);

const numberOf = (key: IDBValidKey | undefined): number =>
  Array.isArray(key) && typeof key[1] === "number" ? key[1] : 0;
