import { StorageError } from "../port.ts";
import { FENCE_KEY } from "./schema.ts";

const OPENED_ELSEWHERE = "This participant was opened elsewhere: go on there, or reload to take over here.";

/**
 * Fencing token: a number in the database that every new writer raises. Each write checks, in its own transaction, that
 * its token is still the newest. A lock alone does not give this: a process that was paused may wake up, still believe
 * that it holds the lock, and write over its successor.
 */
export class Fence {
  /** Null until a transaction that raised the number is complete. */
  #token: number | null = null;
  /** The newest number when it was first looked at. */
  #found: number | null = null;

  /**
   * Makes `transaction` (readwrite on `control`) claim the database if that was not done yet, else fail if somebody
   * else did since. `touch`: writes in any case, because a strict commit without changes is a barrier for the relaxed
   * ones before it and a browser may skip the flush of a transaction that wrote nothing. `onlyFrees`: does not claim, as
   * that would not fit on a full disk; that nobody else claimed since the first look is enough.
   */
  guard(
    transaction: IDBTransaction,
    { touch, onlyFrees }: { readonly touch: boolean; readonly onlyFrees: boolean },
    fail: (error: StorageError) => void,
  ): void {
    const store = transaction.objectStore("control");
    const current: IDBRequest<number | undefined> = store.get(FENCE_KEY);
    current.onsuccess = () => {
      const newest = current.result ?? 0;
      this.#found ??= newest;
      if ((this.#token ?? this.#found) !== newest) fail(new StorageError("closed", OPENED_ELSEWHERE));
      else if (this.#token === null && !onlyFrees) this.#claim(transaction, newest + 1);
      else if (touch) store.put(newest, FENCE_KEY);
    };
  }

  #claim(transaction: IDBTransaction, token: number): void {
    transaction.objectStore("control").put(token, FENCE_KEY);
    // The next write starts after this event, since all writes overlap in `control`.
    transaction.addEventListener("complete", () => {
      this.#token = token;
    });
  }
}
