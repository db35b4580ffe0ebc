import type { MessageRecord } from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { MessagePack, MessageRow, MessageTombstone, Space } from "./schema.ts";
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
    for (const record of pack.records) messages.set(record.id, record);
    for (const id of pack.gone) messages.delete(id);
  }
  for (const row of rows) {
    if (isTombstone(row)) messages.delete(row.id);
    else messages.set(row.id, row);
  }
  return [...messages.values()];
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
 * Entries of `packs` (as loaded, in order) that a later pack overrides or deletes, and deletions that have nothing left to
 * delete, per index of the pack; of those packs only of which they are more than half. Packs are only added and shrunk, so
 * the answer does not go stale.
 */
export function supersededEntries(packs: readonly MessagePack[]): Map<number, Set<MessageId>> {
  const newest = new Map<MessageId, number>();
  const oldest = new Map<MessageId, number>();
  packs.forEach(({ records, gone }, index) => {
    for (const { id } of records) newest.set(id, index);
    for (const id of gone) newest.set(id, index);
    for (const { id } of records) if (!oldest.has(id)) oldest.set(id, index);
  });
  const superseded = new Map<number, Set<MessageId>>();
  packs.forEach(({ records, gone }, index) => {
    const overridden = records.filter(({ id }) => newest.get(id) !== index).map(({ id }) => id);
    const idle = gone.filter((id) => (oldest.get(id) ?? index) >= index);
    const dead = new Set([...overridden, ...idle]);
    if (2 * dead.size > records.length + gone.length) superseded.set(index, dead);
  });
  return superseded;
}

/** Takes `dead` out of the pack at `key`, inside `transaction` (readwrite on `messagePack`). */
export function shrinkPack(transaction: IDBTransaction, key: IDBValidKey, dead: ReadonlySet<MessageId>): void {
  const packs = transaction.objectStore("messagePack");
  const found: IDBRequest<MessagePack | undefined> = packs.get(key);
  found.onsuccess = () => {
    // Absent when the channel was dropped meanwhile: it must stay so.
    if (found.result === undefined) return;
    const records = found.result.records.filter(({ id }) => !dead.has(id));
    const gone = found.result.gone.filter((id) => !dead.has(id));
    if (records.length === 0 && gone.length === 0) packs.delete(key);
    else packs.put({ records, gone } satisfies MessagePack, key);
  };
}

/** By time, so that the last packs hold the newest messages. */
function toPacks(unsorted: readonly MessageRow[]): MessagePack[] {
  const rows = [...unsorted].sort((a, b) => lamportOf(a) - lamportOf(b));
  const packs: MessagePack[] = [];
  for (let start = 0; start < rows.length; start += PACK_SIZE) {
    const slice = rows.slice(start, start + PACK_SIZE);
    packs.push({
      records: slice.filter(isRecord),
      gone: slice.filter(isTombstone).map(({ id }) => id),
    });
  }
  return packs;
}

const lamportOf = (row: MessageRow): number => (isTombstone(row) ? 0 : row.lamport);
const isTombstone = (row: MessageRow): row is MessageTombstone => "gone" in row;
const isRecord = (row: MessageRow): row is MessageRecord => !isTombstone(row);

const numberOf = (key: IDBValidKey | undefined): number =>
  Array.isArray(key) && typeof key[1] === "number" ? key[1] : 0;
