/** How much of the ledger stays as it is. */
export interface FoldLimits {
  /**
   * Rows that stay, for views that were away: as many as `event-log.ts` replays. With 20 people a message brings about 18.
   * And ids in them: a new key's first word may name 256 messages in one row, and 10,000 new keys would fill 30 MB.
   */
  readonly keep: { readonly rows: number; readonly ids: number };
  /** Folded in one transaction: each message among them is a summary to be read and written. */
  readonly batch: { readonly rows: number; readonly ids: number };
  /** Before the first look, when the channel is just being opened, and between two batches when many are due. */
  readonly pauseMs: { readonly first: number; readonly next: number };
}

export const FOLD_LIMITS: FoldLimits = {
  keep: { rows: 2_000, ids: 20_000 },
  batch: { rows: 500, ids: 2_000 },
  pauseMs: { first: 5_000, next: 50 },
};
