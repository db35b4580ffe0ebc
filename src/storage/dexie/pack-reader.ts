import type { StoredMessages } from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { eachRecord } from "./message-packs.ts";
import { isTombstone, type MessagePack, type MessageRow } from "./schema.ts";

/** Gives what is in packs, and then in rows, to whoever takes messages in; notes which packs hold much that no longer counts. */
export interface PackReader {
  /** In the order of their numbers: a later one overrides an earlier one. */
  pack(pack: MessagePack): void;
  /** After all packs, which they override. */
  rows(rows: readonly MessageRow[]): void;
  /**
   * Packs that are worth writing anew, by their keys, and what is not to be written again: entries that a later pack overrides
   * or deletes, and deletions that have nothing left to delete. They are those of which this is more than half, and some of an
   * older form. Packs are only added and shrunk, so the answer does not go stale. `keys`: of the packs, in the same order.
   */
  worthRewriting(keys: readonly IDBValidKey[]): (readonly [IDBValidKey, ReadonlySet<MessageId>])[];
}

/** Of an older form, at each start: some seconds of work for a long log, which nobody is to wait for. */
const OLD_AT_ONCE = 100;
const NOTHING: ReadonlySet<MessageId> = new Set();

export function createPackReader(reader: StoredMessages): PackReader {
  /** Of each pack: how many messages were put before it, and how much is in it. */
  const starts: number[] = [];
  const sizes: number[] = [];
  const dead = new Map<number, Set<MessageId>>();
  /** Deleted, though an earlier pack still holds it. */
  const deleted = new Set<MessageId>();
  /** Written by the first programs. */
  const old: number[] = [];
  let puts = 0;

  const idsOf = (index: number): ReadonlySet<MessageId> => dead.get(index) ?? NOTHING;

  /** The pack out of which the message came that was the `number`-th to be put. */
  function packOf(number: number): number {
    let [low, high] = [0, starts.length];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  function markDead(pack: number, id: MessageId): void {
    const ids = dead.get(pack);
    if (ids === undefined) dead.set(pack, new Set([id]));
    else ids.add(id);
  }

  return {
    pack(pack) {
      const { packed, records, gone } = pack;
      const index = starts.push(puts) - 1;
      if (packed === undefined && records.length > 0) old.push(index);
      eachRecord(pack, (record) => {
        const replaced = reader.put(record);
        puts++;
        if (replaced >= 0) markDead(packOf(replaced), record.id);
      });
      sizes.push(puts - (starts[index] as number) + gone.length);
      for (const id of gone) {
        const removed = reader.remove(id);
        if (removed >= 0) {
          markDead(packOf(removed), id);
          deleted.add(id);
        } else if (!deleted.has(id)) markDead(index, id);
      }
    },
    rows(rows) {
      for (const row of rows) {
        if (isTombstone(row)) reader.remove(row.id);
        else reader.put(row);
      }
    },
    worthRewriting: (keys) => {
      const worth = new Set([...dead.keys()].filter((index) => 2 * idsOf(index).size > (sizes[index] as number)));
      for (const index of old.slice(0, OLD_AT_ONCE)) worth.add(index);
      return [...worth]
        .sort((a, b) => a - b)
        .flatMap((index) => {
          const key = keys[index];
          return key === undefined ? [] : [[key, idsOf(index)] as const];
        });
    },
  };
}
