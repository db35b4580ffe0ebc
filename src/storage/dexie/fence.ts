import { StorageError } from "../port.ts";
import { FENCE_KEY } from "./schema.ts";
import { transact } from "./transaction.ts";

/**
 * Fencing token: a number in the database that every opening raises. Each write checks, in its own transaction, that
 * its token is still the newest. A lock alone does not give this: a process that was paused may wake up, still believe
 * that it holds the lock, and write over its successor.
 */
export function claimFence(db: IDBDatabase): Promise<number> {
  return transact(db, { stores: ["control"], mode: "readwrite", durability: "strict" }, (transaction) => {
    const store = transaction.objectStore("control");
    let token = 0;
    const current: IDBRequest<number | undefined> = store.get(FENCE_KEY);
    current.onsuccess = () => {
      token = (current.result ?? 0) + 1;
      store.put(token, FENCE_KEY);
    };
    return () => token;
  });
}

/** Calls `fail` from within `transaction` (which must then be aborted) if `token` is not the newest. */
export function failUnlessFenceHeld(
  transaction: IDBTransaction,
  token: number,
  fail: (error: StorageError) => void,
): void {
  const current: IDBRequest<number | undefined> = transaction.objectStore("control").get(FENCE_KEY);
  current.onsuccess = () => {
    if (current.result !== token) fail(new StorageError("closed", OPENED_ELSEWHERE));
  };
}

/**
 * Writes what is already there: a strict commit without changes is a barrier for the relaxed ones before it, and a
 * browser may skip the flush of a transaction that wrote nothing.
 */
export function rewriteFence(transaction: IDBTransaction, token: number): void {
  transaction.objectStore("control").put(token, FENCE_KEY);
}

const OPENED_ELSEWHERE = "This participant was opened elsewhere: go on there, or reload to take over here.";
