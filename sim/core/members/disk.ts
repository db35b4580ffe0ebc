import type { LedgerRow } from "../../../src/sds/io/ledger.ts";
import type { Change, Durability, StoredChannel } from "../../../src/sds/io/records.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import { DiskChannel } from "../../../src/storage/memory/memory-disk.ts";

/** The disk of one member, which loses its unsynced tail in a crash. Knows besides what is durable, for the oracle. */
export class SimDisk {
  readonly #channel = new DiskChannel();
  #unsynced: (readonly Change[])[] = [];
  /** Delivered messages that no crash takes away any more. */
  readonly durable = new Set<MessageId>();
  /** Ledger rows as a boot would find them now, and how many of them no crash takes away. */
  readonly ledger: LedgerRow[] = [];
  #durableRows = 0;
  writes = 0;
  /** As it is on disk, whatever a process believes. */
  joinLamport = 0;

  commit(changes: readonly Change[], durability: Durability): void {
    this.writes++;
    this.#channel.commit(changes, durability);
    this.#unsynced.push(changes);
    for (const change of changes) {
      if (change.op === "put" && change.table === "ledger") this.ledger.push(change.record);
      if (change.op === "meta" && change.key === "joinLamport") this.joinLamport = change.value;
    }
    if (durability === "strict") this.#settle(this.#unsynced.length);
  }

  /** A power cut: of the relaxed commits since the last strict one only the first `keep` stay. */
  crash(keep: number): void {
    this.#settle(keep);
    this.ledger.length = this.#durableRows;
    this.#channel.crash(keep);
  }

  get unsyncedCommits(): number {
    return this.#unsynced.length;
  }

  load(): StoredChannel {
    return this.#channel.tables.snapshot();
  }

  holdsBody(id: MessageId): boolean {
    return this.#channel.tables.bodies([id]).length > 0;
  }

  body(id: MessageId): Uint8Array | null {
    return this.#channel.tables.bodies([id])[0]?.bytes ?? null;
  }

  #settle(count: number): void {
    for (const changes of this.#unsynced.slice(0, count)) {
      for (const change of changes) {
        if (change.op === "delete" && change.table === "message") this.durable.delete(change.key);
        if (change.op !== "put") continue;
        if (change.table === "message" && change.record.status === "delivered") this.durable.add(change.record.id);
        if (change.table === "ledger") this.#durableRows++;
      }
    }
    this.#unsynced = [];
  }
}
