import type { LedgerRow } from "../../sds/io/ledger.ts";
import type {
  BodyRecord,
  Change,
  HoleRecord,
  MessageRecord,
  MetaRecords,
  OutboxRecord,
  ParticipantRecord,
  StoredChannel,
} from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";

/** The tables of one channel as maps. Holds what it is given: callers copy on the way in and on the way out. */
export class ChannelTables {
  readonly #messages = new Map<MessageId, MessageRecord>();
  readonly #bodies = new Map<MessageId, BodyRecord>();
  readonly #outbox = new Map<MessageId, OutboxRecord>();
  readonly #participants = new Map<number, ParticipantRecord>();
  readonly #holes = new Map<MessageId, HoleRecord>();
  readonly #ledger = new Map<number, LedgerRow>();
  readonly #meta: Partial<MetaRecords> = {};

  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#applyOne(change);
  }

  snapshot(): StoredChannel {
    return {
      messages: [...this.#messages.values()],
      outbox: [...this.#outbox.values()],
      participants: [...this.#participants.values()],
      holes: [...this.#holes.values()],
      meta: { ...this.#meta },
    };
  }

  bodies(ids: readonly MessageId[]): BodyRecord[] {
    return ids.flatMap((id) => this.#bodies.get(id) ?? []);
  }

  ledgerAfter(afterSeq: number, limit: number): LedgerRow[] {
    const rows: LedgerRow[] = [];
    // The ledger is gapless by contract, so its rows are found by counting; the map's size ends the walk.
    for (let seq = Math.max(afterSeq, 0) + 1; rows.length < limit; seq++) {
      const row = this.#ledger.get(seq);
      if (row === undefined) break;
      rows.push(row);
    }
    return rows;
  }

  ledgerOf(id: MessageId): LedgerRow[] {
    return [...this.#ledger.values()].filter((row) => row.ids.includes(id)).sort((a, b) => a.seq - b.seq);
  }

  /** A copy of the maps; records are shared, since nobody changes them in place. */
  copy(): ChannelTables {
    const copy = new ChannelTables();
    for (const [id, record] of this.#messages) copy.#messages.set(id, record);
    for (const [id, record] of this.#bodies) copy.#bodies.set(id, record);
    for (const [id, record] of this.#outbox) copy.#outbox.set(id, record);
    for (const [index, record] of this.#participants) copy.#participants.set(index, record);
    for (const [id, record] of this.#holes) copy.#holes.set(id, record);
    for (const [seq, row] of this.#ledger) copy.#ledger.set(seq, row);
    Object.assign(copy.#meta, this.#meta);
    return copy;
  }

  #applyOne(change: Change): void {
    switch (change.op) {
      case "put":
        this.#put(change);
        return;
      case "delete":
        this.#delete(change);
        return;
      case "meta":
        this.#meta[change.key] = change.value;
        return;
      default:
        change satisfies never;
    }
  }

  #put(change: Extract<Change, { op: "put" }>): void {
    switch (change.table) {
      case "message":
        this.#messages.set(change.record.id, change.record);
        return;
      case "body":
        this.#bodies.set(change.record.id, change.record);
        return;
      case "outbox":
        this.#outbox.set(change.record.id, change.record);
        return;
      case "participant":
        this.#participants.set(change.record.index, change.record);
        return;
      case "hole":
        this.#holes.set(change.record.id, change.record);
        return;
      case "ledger":
        this.#ledger.set(change.record.seq, change.record);
        return;
      default:
        change satisfies never;
    }
  }

  #delete(change: Extract<Change, { op: "delete" }>): void {
    switch (change.table) {
      case "message":
        this.#messages.delete(change.key);
        return;
      case "body":
        this.#bodies.delete(change.key);
        return;
      case "outbox":
        this.#outbox.delete(change.key);
        return;
      case "hole":
        this.#holes.delete(change.key);
        return;
      default:
        change.table satisfies never;
    }
  }
}
