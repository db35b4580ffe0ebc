import { type AuthorNumbersView, createAuthorNumbers } from "../collections/author-numbers.ts";
import { type CreditsView, createCredits } from "../collections/credits.ts";
import type { BloomFilter } from "../filter/bloom-filter.ts";
import type { ParticipantRecord } from "../io/records.ts";
import type { MessageId, ParticipantId } from "../wire/ids.ts";
import { KeptClaims, type KeptClaimsView } from "./kept-claims.ts";

/** The newest filter of a participant: what they possibly have. It proves nothing, and is kept in memory only. */
export interface ReceivedFilter {
  readonly filter: BloomFilter;
  /** Of the message that carried it. */
  readonly lamport: number;
  readonly signed: boolean;
  /** Wall time at which it came. */
  readonly at: number;
}

/** Somebody who was heard in the channel. Index 0 is this device. */
export interface Participant {
  readonly index: number;
  readonly id: ParticipantId;
  /** Null for a plain SDS client, whose word is unverified and never counts as a receipt. */
  readonly publicKey: Uint8Array | null;
  readonly heardAt: number;
  readonly heardConnectedMs: number;
  readonly lastClaimLamport: number;
  /** The same of syncs from further ahead than clocks may be. */
  readonly lastAheadLamport: number;
  readonly name: string;
  readonly nameLamport: number;
  /** What proves all this participant is known to have, after a restart too. None of somebody without a key. */
  readonly claims: KeptClaimsView;
  /** What their claims prove, derived: entry number -> credited or not. */
  readonly credits: CreditsView;
  /** Numbers of their signed messages that are held, and how many messages came under a number used before. Derived. */
  readonly numbers: AuthorNumbersView;
  readonly equivocations: number;
  /** Of their newest message that had one which passed the gate. Not persisted. */
  readonly filter: ReceivedFilter | null;
  /** Ids in claims that we do not hold. */
  readonly unresolvedClaims: number;
  /** Claims that are still to be followed. */
  readonly unfinishedWalks: number;
  /** Missing ids that are followed on the word of this participant's syncs alone, the longest first. */
  readonly followed: ReadonlySet<MessageId>;
  /** Missing ids that this participant was the first to name, and that messages name. */
  readonly awaited: ReadonlySet<MessageId>;
  /** The last difference between this participant's sync and our log that reset the idle timer (`difference.ts`). */
  readonly lastDifference: number | null;
}

export function createParticipant(index: number, id: ParticipantId, publicKey: Uint8Array | null): Participant {
  return {
    index,
    id,
    publicKey,
    heardAt: 0,
    heardConnectedMs: Number.NEGATIVE_INFINITY,
    lastClaimLamport: -1,
    lastAheadLamport: -1,
    name: "",
    nameLamport: -1,
    claims: new KeptClaims(),
    credits: createCredits(),
    numbers: createAuthorNumbers(),
    equivocations: 0,
    filter: null,
    unresolvedClaims: 0,
    unfinishedWalks: 0,
    followed: new Set(),
    awaited: new Set(),
    lastDifference: null,
  };
}

export function participantRecordOf(participant: Participant): ParticipantRecord {
  return {
    index: participant.index,
    id: participant.id,
    publicKey: participant.publicKey,
    heardAt: participant.heardAt,
    heardConnectedMs: participant.heardConnectedMs,
    lastClaimLamport: participant.lastClaimLamport,
    claims: participant.claims.stored(),
    name: participant.name,
    nameLamport: participant.nameLamport,
  };
}
