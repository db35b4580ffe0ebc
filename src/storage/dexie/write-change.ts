import type { Change } from "../../sds/io/records.ts";
import { withOwnBytes } from "../own-bytes.ts";
import { bodyKey } from "./body-key.ts";
import type { ChannelStore, MessageTombstone, Space } from "./schema.ts";

/** The stores that `changes` touch. */
export function storesOf(changes: readonly Change[]): Set<ChannelStore> {
  return new Set(changes.map((change) => (change.op === "meta" ? "meta" : change.table)));
}

/** Deletes what may be given up for space, and does nothing else. */
export function onlyFrees(changes: readonly Change[]): boolean {
  return changes.length > 0 && changes.every(isFreed);
}

function isFreed(change: Change): boolean {
  return change.op === "delete-below" || (change.op === "delete" && change.table === "body");
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
  if (change.op === "delete-below") return `${change.table} below ${change.key}`;
  switch (change.table) {
    case "participant":
      return `participant ${change.record.index}`;
    case "ledger":
      return `ledger ${change.record.seq}`;
    case "summary":
      return `summary ${change.record.lamport}`;
    case "day":
      return `day ${change.record.day}`;
    case "message":
    case "body":
    case "outbox":
    case "hole":
      return `${change.table} ${change.record.id}`;
    default:
      return change satisfies never;
  }
}

/** Issues the request for `change` of the channel in `space`, in `transaction`; throws what IndexedDB throws (the value is cloned here). */
export function writeChange(
  transaction: IDBTransaction,
  KeyRange: typeof IDBKeyRange,
  space: Space,
  change: Change,
): void {
  switch (change.op) {
    case "put":
      put(transaction, space, change);
      return;
    case "delete":
      remove(transaction, space, change);
      return;
    case "delete-below":
      transaction.objectStore(change.table).delete(KeyRange.bound([space], [space, change.key], false, true));
      return;
    case "meta":
      transaction.objectStore("meta").put(change.value, [space, change.key]);
      return;
    default:
      change satisfies never;
  }
}

function put(transaction: IDBTransaction, space: Space, change: Extract<Change, { op: "put" }>): void {
  const own = withOwnBytes(change) as typeof change;
  const store = transaction.objectStore(own.table);
  switch (own.table) {
    case "body":
      store.put(own.record.bytes, bodyKey(space, own.record.id));
      return;
    case "participant":
      store.put(own.record, [space, own.record.index]);
      return;
    case "ledger":
      store.put(own.record, [space, own.record.seq]);
      return;
    case "summary":
      store.put(own.record.bytes, [space, own.record.lamport]);
      return;
    case "day":
      store.put(own.record, [space, own.record.day]);
      return;
    case "message":
    case "outbox":
    case "hole":
      store.put(own.record, [space, own.record.id]);
      return;
    default:
      own satisfies never;
  }
}

function remove(transaction: IDBTransaction, space: Space, change: Extract<Change, { op: "delete" }>): void {
  const store = transaction.objectStore(change.table);
  if (change.table === "message") {
    store.put({ id: change.key, gone: true } satisfies MessageTombstone, [space, change.key]);
  } else {
    store.delete(change.table === "body" ? bodyKey(space, change.key) : [space, change.key]);
  }
}
