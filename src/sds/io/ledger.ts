import type { MessageId } from "../wire/ids.ts";

/**
 * The ledger: what happened in a channel, in order, without gaps. Rows are effects of the protocol, committed with the
 * state they tell of. Views replay from the newest of them after a reconnect. The older ones are folded: what they tell of a
 * message into its summary (`message-summary.ts`), how much of what happened into sums by day (`day-sums.ts`).
 */
export type LedgerRow = LedgerStamp & LedgerEntry;

export interface LedgerStamp {
  /** 1, 2, 3 ... per channel, gapless; what is stored begins with the oldest that is not folded. Key of the table. */
  readonly seq: number;
  /** Milliseconds since the epoch, by this device's clock. */
  readonly at: number;
  /** Every message the row speaks of (for look-up by message). */
  readonly ids: readonly MessageId[];
}

export type LedgerEntry =
  | { readonly kind: "accepted" }
  | { readonly kind: "attempt"; readonly attempt: number; readonly bytes: number }
  | { readonly kind: "attempt-result"; readonly attempt: number; readonly ok: boolean; readonly reason: string }
  /** The delivery of an own message moved without a network attempt (unconfirmed, stopped, failed, queued again). */
  | { readonly kind: "stage"; readonly stage: string; readonly reason: string }
  | { readonly kind: "delivered"; readonly participant: number | null }
  /** Another copy of an unsigned message took its place: it has another author and place in the log. */
  | { readonly kind: "moved" }
  /**
   * `ids` = listed, then ancestry; the first `listed` of them were named outright. All own messages among what a word
   * proved, and the newest of others; the rest is in no row.
   */
  | {
      readonly kind: "evidence";
      readonly participant: number;
      readonly by: "content" | "sync";
      readonly listed: number;
      readonly signed: boolean;
    }
  /** An own message that never left was taken out of the log. */
  | { readonly kind: "withdrawn" }
  /** An own message that may have left was deleted on this device. */
  | { readonly kind: "removed" }
  | { readonly kind: "level"; readonly percent: number }
  | { readonly kind: "hole"; readonly state: "fetching" | "lost" | "closed" }
  | { readonly kind: "participant"; readonly participant: number }
  | { readonly kind: "connected"; readonly online: boolean };
