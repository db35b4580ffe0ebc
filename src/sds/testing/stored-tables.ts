import type { LedgerRow } from "../io/ledger.ts";
import type { Change, MetaRecords, StoredChannel, Tables } from "../io/records.ts";

/** A channel's tables in memory, for tests of the core: what a restart finds is what was committed. */
export interface StoredTables {
  apply(changes: readonly Change[]): void;
  load(): StoredChannel;
  readonly ledger: LedgerRow[];
  readonly message: ReadonlyMap<string, Tables["message"]>;
  readonly body: ReadonlyMap<string, Tables["body"]>;
}

export function createStoredTables(): StoredTables {
  const message = new Map<string, Tables["message"]>();
  const body = new Map<string, Tables["body"]>();
  const outbox = new Map<string, Tables["outbox"]>();
  const participant = new Map<number, Tables["participant"]>();
  const hole = new Map<string, Tables["hole"]>();
  const ledger: LedgerRow[] = [];
  const meta: Partial<MetaRecords> = {};
  const byId = { message, body, outbox, hole };

  function put(change: Extract<Change, { op: "put" }>): void {
    switch (change.table) {
      case "message":
        message.set(change.record.id, change.record);
        return;
      case "body":
        body.set(change.record.id, change.record);
        return;
      case "outbox":
        outbox.set(change.record.id, change.record);
        return;
      case "participant":
        participant.set(change.record.index, change.record);
        return;
      case "hole":
        hole.set(change.record.id, change.record);
        return;
      case "ledger":
        ledger.push(change.record);
        return;
      case "summary":
      case "day":
        // Nothing is restored from them.
        return;
    }
  }

  return {
    apply: (changes) => {
      for (const change of structuredClone(changes)) {
        if (change.op === "put") put(change);
        else if (change.op === "delete") byId[change.table].delete(change.key);
        else if (change.op === "delete-below") continue;
        else meta[change.key] = change.value;
      }
    },
    load: () =>
      structuredClone({
        messages: [...message.values()],
        outbox: [...outbox.values()],
        participants: [...participant.values()],
        holes: [...hole.values()],
        meta,
      }),
    ledger,
    message,
    body,
  };
}
