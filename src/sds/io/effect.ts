import type { BloomProblem } from "../filter/bloom-gate.ts";
import type { MessageId } from "../wire/ids.ts";
import type { HistoryEntry } from "../wire/message.ts";
import type { Change, Durability, ParentReference } from "./records.ts";

/**
 * What a step wants done, as data; the channel performs it. `commit` comes first and at most once a step, and whatever
 * else the step wants leaves only when that commit is done.
 */
export type Effect =
  | { readonly kind: "commit"; readonly changes: readonly Change[]; readonly durability: Durability }
  /** Publish the stored bytes of an own message; answer with `attempt-result`. */
  | { readonly kind: "send"; readonly id: MessageId; readonly attempt: number }
  /** Publish the stored bytes of a message, anybody's, once: somebody asked for it. */
  | { readonly kind: "repair"; readonly id: MessageId }
  /**
   * Compose these own messages anew, one after the other (`prepareAnew`), with the same texts but for `voided`, which becomes
   * a `void`; answer with `composed-anew`. Until then none of them is sent.
   */
  | { readonly kind: "compose-anew"; readonly ids: readonly MessageId[]; readonly voided: MessageId | null }
  /** Sign and publish a sync. Its loss is covered by later ones, so there is no answer. */
  | { readonly kind: "send-sync"; readonly sync: SyncDraft }
  /** Ask a Store for these. */
  | { readonly kind: "fetch"; readonly wanted: readonly WantedMessage[] }
  /** A message, or its filter, was refused; counted by reason. */
  | { readonly kind: "reject"; readonly reason: RefusalReason };

export type RefusalReason =
  | "lamport-limit"
  | "unsigned"
  /** Older than what is kept. */
  | "below-watermark"
  | "buffer-full"
  | "embargo-full"
  /** A sync by one more key that wrote nothing. */
  | "strangers-full"
  /** Of the filter only: the message that carried it was taken. */
  | BloomProblem;

/**
 * Something to ask a Store for: by its Waku message hash where somebody gave one, else by the time around its Lamport
 * timestamp. (An author who writes twice at once does not know the first one's hash yet when naming it.)
 */
export interface WantedMessage {
  readonly id: MessageId;
  readonly hint: Uint8Array | undefined;
  readonly lamport: number | null;
}

export interface SyncDraft {
  readonly messageId: MessageId;
  readonly lamport: number;
  readonly causalHistory: readonly HistoryEntry[];
  readonly completeSince: number;
  readonly bloomFilter: Uint8Array | undefined;
  readonly repairRequests: readonly HistoryEntry[];
  /** Null: no receipts wanted. Otherwise prefixes of the participants who are asked. */
  readonly receiptsWantedFrom: readonly number[] | null;
  /**
   * A checkpoint is for the Store to keep, so that people who are never online together still learn of it; answer with
   * `checkpoint-result`. Other syncs are for those who are there (Waku's ephemeral flag).
   */
  readonly checkpoint: boolean;
}

/** What an own message is composed of, before the author signs it. */
export interface Preparation {
  readonly authorSeq: number;
  readonly lamport: number;
  /** In the order of `causal_history`. */
  readonly parents: readonly ParentReference[];
  readonly completeSince: number;
  readonly bloomFilter: Uint8Array | undefined;
}
