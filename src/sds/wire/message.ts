import type { ChannelId, MessageId, ParticipantId } from "./ids.ts";

/** One entry of `causal_history` or `repair_request` (SDS: HistoryEntry). */
export interface HistoryEntry {
  readonly messageId: MessageId;
  /** 32-byte Waku message hash under which a Store has it; anything else is ignored by the reader of the message. */
  readonly retrievalHint?: Uint8Array | undefined;
  readonly senderId?: ParticipantId | undefined;
}

interface MessageHead {
  readonly senderId: ParticipantId;
  readonly messageId: MessageId;
  readonly channelId: ChannelId;
  readonly causalHistory: readonly HistoryEntry[];
  readonly repairRequests: readonly HistoryEntry[];
  readonly bloomFilter?: Uint8Array | undefined;
}

/**
 * Lamport timestamp in milliseconds. A `bigint` only when the wire held 2^53 or more, so that the codec loses nothing;
 * everything above the codec rejects such a message.
 */
export type WireLamport = number | bigint;

/** Has a Lamport timestamp and content: enters the log. */
export interface ContentMessage extends MessageHead {
  readonly kind: "content";
  readonly lamport: WireLamport;
  readonly content: Uint8Array;
}

/** Has a Lamport timestamp and no content: carries claims, presence and requests only. */
export interface SyncMessage extends MessageHead {
  readonly kind: "sync";
  readonly lamport: WireLamport;
}

/** Has content and no Lamport timestamp: delivered at once, never in the log. */
export interface EphemeralMessage extends MessageHead {
  readonly kind: "ephemeral";
  readonly content: Uint8Array;
}

/** What SDS sends (spec: Message). The kind is derived from the fields that are present. */
export type SdsMessage = ContentMessage | SyncMessage | EphemeralMessage;
