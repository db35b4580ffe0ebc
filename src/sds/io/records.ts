import type { MessageId, ParticipantId } from "../wire/ids.ts";
import type { PackedHint } from "../wire/packed-hint.ts";
import type { DayRecord } from "./day-sums.ts";
import type { LedgerRow } from "./ledger.ts";

/**
 * What a channel persists. `src/sds` emits changes to these tables as data; `src/storage` writes them, one transaction
 * for one or more whole steps. What can be rebuilt (heads, bloom filters, who-has-what pairs) is not stored.
 */

/** A parent as the author signed it. `lamport` is null when the author did not sign one (a plain SDS client). */
export interface ParentReference {
  readonly id: MessageId;
  readonly lamport: number | null;
  readonly hint?: Uint8Array | undefined;
}

/** Index entry of one content message, small; its bytes are a `BodyRecord`. Key: id. */
export interface MessageRecord {
  readonly id: MessageId;
  readonly lamport: number;
  readonly sender: ParticipantId;
  readonly mine: boolean;
  /** The author's signature holds. False only in profile "sds". */
  readonly signed: boolean;
  readonly authorSeq: number | null;
  /** Envelope type number; 1 (chat) for plain SDS clients. */
  readonly type: number;
  readonly composedAt: number;
  /** Bytes of the SDS message (the body record). */
  readonly size: number;
  readonly parents: readonly ParentReference[];
  readonly status: "buffered" | "delivered";
  /** While buffered: the connected time at which it waits no longer, so that restarts do not begin its patience anew. */
  readonly waitsUntilConnectedMs?: number;
  /** Milliseconds since the epoch when it was received or accepted here. */
  readonly receivedAt: number;
  /** Indexes of the participants that were present when it was sent (own) or delivered; frozen then. */
  readonly audience: readonly number[];
  /** Waku message hash of a copy, when known. */
  readonly hint?: Uint8Array | undefined;
  /** The share of the audience that its author asked for, once its `OutboxRecord` is gone. */
  readonly levelPercent?: number;
  /** Deleted on this device by its author: it keeps its place in the graph, its body is gone. */
  readonly removed?: true;
}

/** Key: id. The SDS bytes as received or composed, with which it is resent and repaired. */
export interface BodyRecord {
  readonly id: MessageId;
  readonly bytes: Uint8Array;
}

/**
 * What is left of the ledger's rows on the messages of one Lamport timestamp (`summary-codec.ts`), of which there is mostly one.
 * Key: lamport.
 */
export interface SummaryRecord {
  readonly lamport: number;
  readonly bytes: Uint8Array;
}

/** Delivery of one own message. Key: id. Of those that are settled only the newest are kept (`MAX_SETTLED_KEPT`). */
export interface OutboxRecord {
  readonly id: MessageId;
  /** What the user interface called this send; asking again under the same name sends nothing twice. */
  readonly requestId: string;
  readonly stage: OutboxStage;
  readonly attempts: number;
  /** At least one attempt was taken by a service node. */
  readonly taken: boolean;
  readonly acceptedAt: number;
  readonly firstAttemptAt: number | null;
  /** The same on connected time; silence is measured on it. */
  readonly firstAttemptConnectedMs?: number;
  readonly nextAttemptAt: number | null;
  /** Why it is `failed`; empty otherwise. */
  readonly reason: string;
  /** A person asked for one more attempt, and none was made since. */
  readonly asked?: true;
  /** `stored`, and nobody confirmed for so long that it is shown as unconfirmed. */
  readonly aged?: true;
  /** The share of the audience, in percent, that its author wants to hear from. Absent: as its type says. */
  readonly levelPercent?: number;
}

export type OutboxStage = "queued" | "sending" | "sent" | "stored" | "unconfirmed" | "failed" | "stopped" | "settled";

/** Key: index (dense, never reused). */
export interface ParticipantRecord {
  readonly index: number;
  readonly id: ParticipantId;
  readonly publicKey: Uint8Array | null;
  /** Last verified message of theirs, ms by our clock; for people to read. */
  readonly heardAt: number;
  /** The same on this channel's connected time (`MetaRecords.connectedMs`); for the audience and presence. */
  readonly heardConnectedMs: number;
  /** Lamport of the newest trailer acted on. */
  readonly lastClaimLamport: number;
  /** Claims that prove what they are known to have (`kept-claims.ts`). */
  readonly claims: readonly ClaimEntry[];
  readonly name: string;
  /** Lamport timestamp of the profile message that set `name`. */
  readonly nameLamport: number;
}

export interface ClaimEntry {
  readonly id: MessageId;
  readonly completeSince: number;
}

/** A message that others name and we lack. Key: id. */
export interface HoleRecord {
  readonly id: MessageId;
  /** The Lamport timestamp that a child signed for it: its place in the log. Null for children of plain SDS clients. */
  readonly lamport: number | null;
  readonly state: "fetching" | "lost";
  readonly since: number;
  readonly hint?: Uint8Array | undefined;
}

/** Single values by name. */
export interface MetaRecords {
  lamport: number;
  /** Sync Lamports below this are used up. */
  lamportReserved: number;
  authorSeq: number;
  joinLamport: number;
  ledgerSeq: number;
  /** Milliseconds this channel has been online in all, as of one of the last writes (`connected-time.ts`). */
  connectedMs: number;
  /**
   * Milliseconds: the Store that was read last was read up to here, and nothing before it is in memory only. Earlier versions
   * wrote only this, of whichever answered.
   */
  historyCursor: number;
  /** The same of the Store of one service node, by its name. */
  [cursorOfSource: `historyCursor of ${string}`]: number;
  lastReadLamport: number;
  /** Milliseconds that a person had added to the device's clock in this channel. */
  clockCorrectionMs: number;
  /** Unread messages before that place. */
  lateUnread: number;
  /** Bodies below this Lamport timestamp were given up when the disk was full. */
  bodiesSince: number;
  /** What the ledger told before this time (ms since the epoch) was given up when the disk was full. */
  detailsSince: number;
  /** Messages below this Lamport timestamp are forgotten. */
  watermark: number;
  /** Token buckets of the rate limit, as of `budgetAt`. */
  budgetContent: number;
  budgetResend: number;
  budgetSync: number;
  budgetRepair: number;
  budgetAt: number;
}
export type MetaKey = keyof MetaRecords;

/** Table name -> record type. All keys are strings or numbers as the comment above each record says; meta by name. */
export interface Tables {
  message: MessageRecord;
  body: BodyRecord;
  outbox: OutboxRecord;
  participant: ParticipantRecord;
  hole: HoleRecord;
  ledger: LedgerRow;
  summary: SummaryRecord;
  day: DayRecord;
}
export type TableName = keyof Tables;

export type Change =
  | { readonly [T in TableName]: { readonly op: "put"; readonly table: T; readonly record: Tables[T] } }[TableName]
  | { readonly op: "delete"; readonly table: "outbox" | "hole" | "message" | "body"; readonly key: MessageId }
  /** All records with a lower key: `seq` of the ledger, `lamport` of summaries. */
  | { readonly op: "delete-below"; readonly table: "ledger" | "summary"; readonly key: number }
  | { readonly [K in MetaKey]: { readonly op: "meta"; readonly key: K; readonly value: MetaRecords[K] } }[MetaKey];

/** strict: on disk when it resolves. relaxed: may be lost whole by a power cut or a kill, never torn. */
export type Durability = "strict" | "relaxed";

/** All that a channel needs to boot; bodies and old ledger rows are read when wanted. */
export interface StoredChannel {
  readonly messages: readonly MessageRecord[];
  readonly outbox: readonly OutboxRecord[];
  readonly participants: readonly ParticipantRecord[];
  readonly holes: readonly HoleRecord[];
  readonly meta: Partial<MetaRecords>;
}

/** A `MessageRecord` as a storage may give it back: hints may be packed, and what is left out may be undefined. */
export interface StoredMessage
  extends Omit<MessageRecord, "parents" | "hint" | "waitsUntilConnectedMs" | "levelPercent" | "removed"> {
  readonly parents: readonly StoredParent[];
  readonly hint?: Uint8Array | PackedHint | undefined;
  readonly waitsUntilConnectedMs?: number | undefined;
  readonly levelPercent?: number | undefined;
  readonly removed?: true | undefined;
}

export interface StoredParent extends Omit<ParentReference, "hint"> {
  readonly hint?: Uint8Array | PackedHint | undefined;
}

/** All of it but the messages. */
export type StoredBesides = Omit<StoredChannel, "messages">;

/**
 * Takes stored messages in one by one, as they are read: no record is needed any more when it was put, and all of them at once are
 * many times what is made of them.
 */
export interface StoredMessages {
  /**
   * Takes the place of what was put under its id before. Returns the number of that, counted from 0 in the order in which they
   * were put; -1 when there is none.
   */
  put(record: StoredMessage): number;
  /** What was put under this id does not count any more. Returns its number, or -1. */
  remove(id: MessageId): number;
}
