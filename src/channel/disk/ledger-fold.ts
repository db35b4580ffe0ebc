import type { Clock } from "../../runtime/port.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import { dayOf, daysWith } from "../../sds/io/day-sums.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import { emptySummary, type MessageSummary, summaryWith } from "../../sds/io/message-summary.ts";
import type { Change } from "../../sds/io/records.ts";
import { decodeSummaries, encodeSummaries } from "../../sds/io/summary-codec.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import type { CommitQueue } from "./commit-queue.ts";
import { FOLD_LIMITS, type FoldLimits } from "./fold-limits.ts";

/** Folds the ledger's older rows into summaries and sums, so that the ledger does not grow for ever. */
export interface LedgerFold {
  /** These were written just now. */
  note(rows: readonly LedgerRow[]): void;
  close(): void;
}

export interface LedgerFoldOptions {
  readonly state: ChannelState;
  readonly storage: Pick<ChannelStorage, "readLedger" | "readSummaries" | "readDays">;
  readonly commits: Pick<CommitQueue, "commit">;
  readonly clock: Pick<Clock, "schedule">;
  readonly limits?: FoldLimits;
}

/**
 * A batch is read, and its summaries, its sums and the deletion of its rows are one commit, in its turn among all others: a
 * crash leaves both or neither. Only this writes summaries and sums, so nothing that was read is out of date by then.
 */
export function createLedgerFold(options: LedgerFoldOptions): LedgerFold {
  const { state, storage, commits, clock, limits = FOLD_LIMITS } = options;
  const { keep, batch } = limits;
  const channel = state.identity.channelId;
  /** The last row that is folded; null as long as nobody looked. */
  let folded: number | null = null;
  let written = state.ledger.seq;
  /** Ids in rows that are not folded, as far as they were written or read in this run. */
  let ids = 0;
  let closed = false;
  let running = false;
  let cancel = plan(limits.pauseMs.first);

  function plan(pauseMs: number): () => void {
    running = true;
    return clock.schedule(pauseMs, () => void run());
  }

  async function run(): Promise<void> {
    try {
      folded ??= await lastFolded();
      if (isDue(folded)) folded = await foldBatch(folded);
      running = false;
    } catch {
      // What cannot be read or written stops the channel, or is tried again when more rows are there.
      running = false;
      return;
    }
    if (!closed && exceeds(folded, 0)) cancel = plan(limits.pauseMs.next);
  }

  async function lastFolded(): Promise<number> {
    const [first] = await storage.readLedger(channel, 0, 1);
    return first === undefined ? written : first.seq - 1;
  }

  /** More is there than is to be kept, and by so many rows that folding them is worth a transaction. */
  function exceeds(upTo: number, moreRows: number): boolean {
    return written - upTo > keep.rows + moreRows || ids > keep.ids;
  }

  const isDue = (upTo: number): boolean => !closed && exceeds(upTo, 0);

  async function foldBatch(upTo: number): Promise<number> {
    const most = ids > keep.ids ? batch.rows : Math.min(batch.rows, written - upTo - keep.rows);
    const rows = firstOf(await storage.readLedger(channel, upTo, most));
    const last = rows.at(-1);
    // Nothing of it is there: it was given up on a full disk.
    if (last === undefined) return written;
    const changes = await changesFor(rows);
    if (closed) return upTo;
    await commits.commit([...changes, { op: "delete-below", table: "ledger", key: last.seq + 1 }], "relaxed");
    ids = Math.max(0, ids - rows.reduce((sum, row) => sum + row.ids.length, 0));
    return last.seq;
  }

  /** As many as one transaction takes; one at least. */
  function firstOf(rows: readonly LedgerRow[]): readonly LedgerRow[] {
    let named = 0;
    const end = rows.findIndex((row) => {
      named += row.ids.length;
      return named > batch.ids;
    });
    return end < 0 ? rows : rows.slice(0, Math.max(1, end));
  }

  async function changesFor(rows: readonly LedgerRow[]): Promise<Change[]> {
    const first = Math.min(...rows.map(({ at }) => dayOf(at)));
    const summaries = await summariesWith(rows);
    const days = daysWith(await storage.readDays(channel, first), rows);
    return [
      ...summaries.map((record): Change => ({ op: "put", table: "summary", record })),
      ...days.map((record): Change => ({ op: "put", table: "day", record })),
    ];
  }

  async function summariesWith(rows: readonly LedgerRow[]) {
    const byLamport = new Map<number, Map<MessageId, LedgerRow[]>>();
    for (const row of rows) {
      for (const id of row.ids) {
        // Who is not in the log any more has no details.
        const lamport = state.log.entries.get(id)?.lamport;
        if (lamport === undefined) continue;
        const messages = byLamport.get(lamport) ?? new Map<MessageId, LedgerRow[]>();
        byLamport.set(lamport, messages);
        messages.set(id, [...(messages.get(id) ?? []), row]);
      }
    }
    const stored = await storage.readSummaries(channel, [...byLamport.keys()]);
    const before = new Map(stored.map(({ lamport, bytes }) => [lamport, decodeSummaries(bytes)]));
    return [...byLamport].flatMap(([lamport, messages]) => {
      const all = new Map((before.get(lamport) ?? []).map((summary) => [summary.id, summary]));
      for (const [id, told] of messages) all.set(id, summaryWith(all.get(id) ?? emptySummary(id), told));
      const worthKeeping = [...all.values()].filter(tells);
      return worthKeeping.length === 0 ? [] : [{ lamport, bytes: encodeSummaries(worthKeeping) }];
    });
  }

  return {
    note: (rows) => {
      for (const row of rows) {
        written = row.seq;
        ids += row.ids.length;
      }
      if (closed || running) return;
      if (folded === null || exceeds(folded, batch.rows)) cancel = plan(0);
    },
    close: () => {
      closed = true;
      cancel();
    },
  };
}

const tells = ({ words, attempts }: MessageSummary): boolean => words.length + attempts.length > 0;
