import type { DayRecord } from "../../sds/io/day-sums.ts";
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
  SummaryRecord,
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
  readonly #summaries = new Map<number, SummaryRecord>();
  readonly #days = new Map<number, DayRecord>();
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
    // What is stored of the ledger is gapless by contract, so its rows are found by counting from the first.
    const first = this.#ledger.has(afterSeq + 1) ? afterSeq + 1 : Math.min(...this.#above(afterSeq));
    for (let seq = first; rows.length < limit; seq++) {
      const row = this.#ledger.get(seq);
      if (row === undefined) break;
      rows.push(row);
    }
    return rows;
  }

  ledgerOf(id: MessageId): LedgerRow[] {
    return [...this.#ledger.values()].filter((row) => row.ids.includes(id)).sort((a, b) => a.seq - b.seq);
  }

  summaries(lamports: readonly number[]): SummaryRecord[] {
    return lamports.flatMap((lamport) => this.#summaries.get(lamport) ?? []);
  }

  firstSummary(): number | null {
    return this.#summaries.size === 0 ? null : Math.min(...this.#summaries.keys());
  }

  daysFrom(day: number): DayRecord[] {
    return [...this.#days.values()].filter((record) => record.day >= day).sort((a, b) => a.day - b.day);
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
    for (const [lamport, record] of this.#summaries) copy.#summaries.set(lamport, record);
    for (const [day, record] of this.#days) copy.#days.set(day, record);
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
      case "delete-below":
        this.#deleteBelow(change);
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
      case "summary":
        this.#summaries.set(change.record.lamport, change.record);
        return;
      case "day":
        this.#days.set(change.record.day, change.record);
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

  #deleteBelow({ table, key }: Extract<Change, { op: "delete-below" }>): void {
    const records: Map<number, unknown> = table === "ledger" ? this.#ledger : this.#summaries;
    for (const each of [...records.keys()]) if (each < key) records.delete(each);
  }

  #above(seq: number): number[] {
    return [...this.#ledger.keys()].filter((each) => each > seq);
  }
}
