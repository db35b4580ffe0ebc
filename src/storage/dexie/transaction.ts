import type { Durability } from "../../sds/io/records.ts";
import { toStorageError } from "./errors.ts";
import type { Space, StoreName } from "./schema.ts";

export interface TransactionPlan {
  readonly stores: readonly StoreName[];
  readonly mode: IDBTransactionMode;
  readonly durability: Durability;
}

/** Issues requests and returns what collects their results once the transaction is complete. */
export type TransactionWork<T> = (transaction: IDBTransaction, fail: (error: unknown) => void) => () => T;

/**
 * Runs `work` in one transaction that is created during the call. IndexedDB starts transactions with overlapping
 * scopes in the order of their creation, so calls to this function apply in call order. Resolves when the transaction
 * is complete (on disk, if strict). If `work` throws or calls `fail`, nothing is written and that error is thrown.
 *
 * Dexie fixes the durability per connection; here it is chosen per transaction, hence the native call.
 */
export function transact<T>(db: IDBDatabase, plan: TransactionPlan, work: TransactionWork<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let reason: unknown = null;
    let collect: () => T;
    const transaction = db.transaction(plan.stores, plan.mode, { durability: plan.durability });
    const fail = (error: unknown): void => {
      reason ??= error;
      abort(transaction);
    };
    transaction.oncomplete = () => resolve(collect());
    transaction.onabort = () => reject(toStorageError(reason ?? transaction.error));
    try {
      collect = work(transaction, fail);
    } catch (error) {
      fail(error);
    }
  }).catch((error: unknown) => {
    throw toStorageError(error);
  });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // Already finished: its own outcome stands and is reported by its events.
  }
}

/** All keys that begin with `space`: arrays sort after strings and numbers, so `[]` is above every second part. */
export function channelRange(KeyRange: typeof IDBKeyRange, space: Space): IDBKeyRange {
  return KeyRange.bound([space], [space, []]);
}
