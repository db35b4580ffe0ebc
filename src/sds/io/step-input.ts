import type { MessageId, ParticipantId } from "../wire/ids.ts";
import type { HistoryEntry } from "../wire/message.ts";
import type { ParentReference } from "./records.ts";

/** How a message came: pushed just now, or out of a Store, in which case it says nothing of who is present. */
export type Source = "live" | "store";

/**
 * A content message after decoding and authentication: id == hash was checked, and `signed` says whether the author's
 * signature holds.
 */
export interface IncomingContent {
  readonly id: MessageId;
  readonly lamport: number;
  readonly sender: ParticipantId;
  readonly signed: boolean;
  /** Null when unsigned. */
  readonly publicKey: Uint8Array | null;
  readonly authorSeq: number | null;
  readonly type: number;
  readonly composedAt: number;
  readonly parents: readonly ParentReference[];
  /** The SDS bytes, with which it is stored and repaired. */
  readonly bytes: Uint8Array;
  /** The name this participant gives itself, when the message is a profile. */
  readonly profileName: string | null;
}

/** What a sender says of itself with a valid trailer (or, unsigned, as a plain SDS client in profile "sds"). */
export interface IncomingClaim {
  readonly sender: ParticipantId;
  readonly signed: boolean;
  readonly publicKey: Uint8Array | null;
  readonly by: "content" | "sync";
  readonly lamport: number;
  /** Infinity when unsigned: such a claim proves no ancestry. */
  readonly completeSince: number;
  readonly listed: readonly HistoryEntry[];
  /** As it came, to be judged. Absent when there was none. */
  readonly bloomFilter?: Uint8Array | undefined;
  /** SDS-R: what the sender asks for. Empty when unsigned. */
  readonly repairRequests: readonly HistoryEntry[];
  /** Set when the sender asks for receipts: prefixes of those it asks. */
  readonly receiptsWantedFrom: readonly number[] | null;
}

/** Everything that can happen to a channel. */
export type StepInput =
  | {
      readonly kind: "receive-content";
      readonly content: IncomingContent;
      readonly claim: IncomingClaim | null;
      readonly source: Source;
      readonly hint: Uint8Array | undefined;
    }
  /** `waitedMs`: since it was pushed to this device; left out, it did not wait. */
  | {
      readonly kind: "receive-sync";
      readonly claim: IncomingClaim;
      readonly source: Source;
      readonly waitedMs?: number;
    }
  /** The trailer of a content message that came before, verified. `copy`: its bytes, when they are not the stored ones. */
  | {
      readonly kind: "receive-claim";
      readonly id: MessageId;
      readonly claim: IncomingClaim;
      readonly copy: Uint8Array | null;
      readonly source: Source;
    }
  /** An own message, signed: the answer to a `Preparation`. */
  | {
      readonly kind: "composed";
      readonly content: IncomingContent;
      readonly requestId: string;
      /** The share of the audience, in percent, that its author wants to hear from. Absent: as its type says. */
      readonly levelPercent?: number | undefined;
    }
  /** A person deletes an own message. */
  | { readonly kind: "withdraw"; readonly id: MessageId }
  /** Own messages composed anew, in the order of `ids`; no contents: that failed. */
  | {
      readonly kind: "composed-anew";
      readonly ids: readonly MessageId[];
      readonly contents: readonly IncomingContent[];
    }
  /** A message that we hold came again, by its id. `whole`: its bytes are the stored ones. */
  | {
      readonly kind: "seen-again";
      readonly id: MessageId;
      readonly whole: boolean;
      readonly source: Source;
      readonly hint: Uint8Array | undefined;
    }
  | {
      readonly kind: "attempt-result";
      readonly id: MessageId;
      readonly attempt: number;
      readonly outcome:
        | { readonly ok: true; readonly hint: Uint8Array }
        | { readonly ok: false; readonly reason: string; readonly retryable: boolean };
    }
  /** A sync that was to be kept: whether the Store gave it back by its hash. */
  | { readonly kind: "checkpoint-result"; readonly kept: boolean }
  /** Something that is kept by nobody is about to be published, under the network's rate limit like all else. */
  | { readonly kind: "ephemeral-leaves" }
  | { readonly kind: "connection"; readonly online: boolean }
  | { readonly kind: "send-again"; readonly id: MessageId }
  | { readonly kind: "stop-sending"; readonly id: MessageId }
  /** A person asks once more for a message that is missing. */
  | { readonly kind: "fetch-again"; readonly id: MessageId }
  /** All that the Store of this service node has up to there was taken in. `source` is empty where there is but one. */
  | { readonly kind: "history-read"; readonly source: string; readonly cursor: number }
  | { readonly kind: "marked-read"; readonly lamport: number }
  /**
   * A person says what is to be added to the device's clock in this channel, in milliseconds; 0 takes it back. `now` is by
   * the new clock already.
   */
  | { readonly kind: "clock-corrected"; readonly correctionMs: number }
  | { readonly kind: "wake" };
