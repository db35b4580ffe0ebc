import type { Change } from "../../sds/io/records.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import { withOwnBytes } from "../own-bytes.ts";
import type { ChannelStore, MessageTombstone } from "./schema.ts";

/** The stores that `changes` touch. */
export function storesOf(changes: readonly Change[]): Set<ChannelStore> {
  return new Set(changes.map((change) => (change.op === "meta" ? "meta" : change.table)));
}

/** Deletes bodies and does nothing else. */
export function onlyFrees(changes: readonly Change[]): boolean {
  return changes.length > 0 && changes.every((change) => change.op === "delete" && change.table === "body");
}

/**
 * `changes` without those that a later change of the same key makes void: grouped steps write the same participants and
 * counters over and over, and each request costs about 0.1 ms whatever its size.
 */
export function lastPerKey(changes: readonly Change[]): Iterable<Change> {
  return new Map(changes.map((change) => [keyOf(change), change])).values();
}

function keyOf(change: Change): string {
  if (change.op === "meta") return `meta ${change.key}`;
  if (change.op === "delete") return `${change.table} ${change.key}`;
  switch (change.table) {
    case "participant":
      return `participant ${change.record.index}`;
    case "ledger":
      return `ledger ${change.record.seq}`;
    case "message":
    case "body":
    case "outbox":
    case "hole":
      return `${change.table} ${change.record.id}`;
    default:
      return change satisfies never;
  }
}

/** Issues the request for `change` in `transaction`; throws what IndexedDB throws (the value is cloned here). */
export function writeChange(transaction: IDBTransaction, channel: ChannelId, change: Change): void {
  switch (change.op) {
    case "put":
      put(transaction, channel, change);
      return;
    case "delete":
      remove(transaction, channel, change);
      return;
    case "meta":
      transaction.objectStore("meta").put(change.value, [channel, change.key]);
      return;
    default:
      change satisfies never;
  }
}

function put(transaction: IDBTransaction, channel: ChannelId, change: Extract<Change, { op: "put" }>): void {
  const own = withOwnBytes(change) as typeof change;
  const store = transaction.objectStore(own.table);
  switch (own.table) {
    case "body":
      store.put(own.record.bytes, [channel, own.record.id]);
      return;
    case "participant":
      store.put(own.record, [channel, own.record.index]);
      return;
    case "ledger":
      store.put(own.record, [channel, own.record.seq]);
      return;
    case "message":
    case "outbox":
    case "hole":
      store.put(own.record, [channel, own.record.id]);
      return;
    default:
      own satisfies never;
  }
}

function remove(transaction: IDBTransaction, channel: ChannelId, change: Extract<Change, { op: "delete" }>): void {
  const store = transaction.objectStore(change.table);
  if (change.table === "message") {
    store.put({ id: change.key, gone: true } satisfies MessageTombstone, [channel, change.key]);
  } else {
    store.delete([channel, change.key]);
  }
}
