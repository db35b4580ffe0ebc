import type { ChannelState } from "../../sds/channel-state.ts";
import { giveUpDetails, noteDetailsGone } from "../../sds/holes/give-up-details.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import { FOLD_LIMITS } from "./fold-limits.ts";

/** So many rows, or the summaries of so many messages, go at once: some 2 MB, then the disk is tried again. */
export const OLD_ROWS_BATCH = 10_000;

/** What the ledger told: the oldest of it goes before any text when the disk is full. */
export interface OldRows {
  /** False when no more of it may go. */
  giveUpBatch(): Promise<boolean>;
}

export type OldRowsStorage = Pick<ChannelStorage, "readLedger" | "firstSummary" | "commit">;

/**
 * Only deletions, as nothing else can be written now: rows that are not folded yet, which are older than all that views ask
 * for, then summaries. How far it got is written with what fits next.
 */
export function createOldRows(state: ChannelState, storage: OldRowsStorage, batch = OLD_ROWS_BATCH): OldRows {
  const channel = state.identity.channelId;

  async function giveUpLedger(): Promise<boolean> {
    const [first] = await storage.readLedger(channel, 0, 1);
    if (first === undefined) return false;
    const end = Math.min(first.seq + batch, state.ledger.seq + 1 - FOLD_LIMITS.keep.rows);
    if (end <= first.seq) return false;
    const [last] = await storage.readLedger(channel, end - 2, 1);
    noteDetailsGone(state, (last ?? first).at + 1);
    await storage.commit(channel, [{ op: "delete-below", table: "ledger", key: end }], "relaxed");
    return true;
  }

  async function giveUpSummaries(): Promise<boolean> {
    const first = await storage.firstSummary(channel);
    const since = first === null ? null : giveUpDetails(state, first, batch);
    if (since === null) return false;
    await storage.commit(channel, [{ op: "delete-below", table: "summary", key: since }], "relaxed");
    return true;
  }

  return { giveUpBatch: async () => (await giveUpLedger()) || giveUpSummaries() };
}
