import { DueQueue } from "./clock/due-queue.ts";
import { type Budget, createBudget } from "./clock/token-buckets.ts";
import type { Effort, UnfinishedWalk } from "./evidence/claim-walk.ts";
import type { BloomHashes } from "./filter/bloom-filter.ts";
import type { RollingBloom } from "./filter/rolling-bloom.ts";
import { Followers } from "./holes/followers.ts";
import type { MissingMessage } from "./holes/missing-message.ts";
import type { Effect } from "./io/effect.ts";
import type { LedgerEntry } from "./io/ledger.ts";
import type { Change, Durability } from "./io/records.ts";
import type { IncomingClaim, IncomingContent, Source } from "./io/step-input.ts";
import type { LogEntry } from "./log/log-entry.ts";
import { createOrderedLog, type OrderedLog } from "./log/ordered-log.ts";
import { createUnread, type Unread } from "./log/unread-count.ts";
import { WaitingRoom } from "./log/waiting-room.ts";
import type { OutboxEntry } from "./outbox/outbox-entry.ts";
import { type ChannelParameters, LONGEST_PAUSE_MS } from "./parameters/parameters.ts";
import { createParticipant, type Participant } from "./participants/participant.ts";
import type { PresentParticipants } from "./participants/present-participants.ts";
import type { PendingAnswer } from "./repair/pending-answer.ts";
import { createSyncSchedule, type SyncSchedule } from "./sync/sync-schedule.ts";
import type { ChannelId, MessageId, ParticipantId } from "./wire/ids.ts";

/** Time and chance, given to each step. The same state, input and environment give the same effects. */
export interface Environment {
  /** Milliseconds since the epoch, corrected. */
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface ChannelIdentity {
  readonly channelId: ChannelId;
  readonly self: ParticipantId;
  readonly publicKey: Uint8Array;
  readonly profile: "community" | "sds";
  readonly parameters: ChannelParameters;
}

/** One channel as one participant knows it. Mutated in place by `step` only (and `giveUpBodies`). */
export interface ChannelState {
  readonly identity: ChannelIdentity;

  lamport: number;
  authorSeq: number;
  joinLamport: number;
  ledgerSeq: number;
  historyCursor: number;
  readonly unread: Unread;
  /** Bodies below this Lamport timestamp were given up, but for a few (`give-up-bodies.ts`). */
  bodiesSince: number;
  /** Messages below this Lamport timestamp are forgotten, and count as known when others name them (`watermark.ts`). */
  watermark: number;
  connection: Connection;
  /** Wall time of the last step, to notice that the clock was set back, or that the device slept. */
  lastNow: number;

  /** Everything held, delivered or buffered. */
  readonly entries: Map<MessageId, LogEntry>;
  /** What is delivered, in log order. */
  readonly log: OrderedLog<LogEntry>;
  /** Delivered entries whose timestamp is further ahead than clocks may be (`ahead.ts`). */
  readonly ahead: Set<LogEntry>;
  /** Own messages that were deleted after they may have left. */
  readonly removed: Set<LogEntry>;
  /** Delivered entries without a delivered child; those that are ahead do not count. */
  readonly heads: Set<LogEntry>;
  readonly buffered: WaitingRoom;
  readonly embargoed: Map<MessageId, HeldMessage>;
  /** Messages that came and were below the watermark, the newest such. */
  readonly belowWatermark: Set<MessageId>;
  /** Ids that others name and we do not hold. */
  readonly missing: Map<MessageId, MissingMessage>;
  /** Whose syncs alone name which of these. */
  readonly followers: Followers;
  nextMissingNumber: number;
  /** When each is to be asked of a Store; and of the others, for the first time and again. Kept by holes.ts and repair.ts. */
  readonly fetches: DueQueue<MissingMessage>;
  readonly firstRequests: DueQueue<MissingMessage>;
  readonly repeatedRequests: DueQueue<MissingMessage>;
  /** Claims that wait for an id to arrive: whose, and with which `complete_since`. */
  readonly pendingCredits: Map<MessageId, Map<Participant, number>>;
  /** What the words of participants prove and was too much to follow at once, in that order. */
  readonly unfinishedWalks: Set<UnfinishedWalk>;
  readonly participants: Participant[];
  readonly participantById: Map<ParticipantId, Participant>;
  /** Others of whom no message was held. Derived. */
  readonly strangers: Set<Participant>;
  /** Derived from `participants`; null when it has to be found anew. */
  present: PresentParticipants | null;
  readonly outbox: Map<MessageId, OutboxEntry>;
  /** Those of the outbox that may be sent (again) by themselves, in the order of acceptance. */
  readonly open: Set<OutboxEntry>;
  lastOwn: LogEntry | null;
  readonly sync: SyncSchedule;
  /** Repairs that others asked for, by the id of what they miss. */
  readonly answers: Map<MessageId, PendingAnswer>;
  budget: Budget;
  /** Ids of what was delivered last. Profile "sds" only. */
  readonly bloom: RollingBloom | null;
  /** Filters of others, as a detail. */
  readonly filters: KeptFilters;
  nextEntryNumber: number;
}

export interface KeptFilters {
  /** Who has one, the longest kept first. */
  readonly holders: Set<Participant>;
  /** Drawn when the first filter comes, for this run. */
  decoys: readonly BloomHashes[] | null;
}

export interface EmbargoedMessage {
  readonly content: IncomingContent;
  readonly claim: IncomingClaim | null;
  readonly source: Source;
  readonly hint: Uint8Array | undefined;
}

/** One that waits for its time. */
export interface HeldMessage extends EmbargoedMessage {
  /** A Store that keeps it took it in then or later. */
  readonly storedSince: number;
}

/**
 * Connected time runs only while online, so that a night offline makes nobody absent and nothing lost. Nor does a night
 * asleep: who wakes thinks that it was online all along, so between two steps no more than `LONGEST_PAUSE_MS` counts.
 */
export interface Connection {
  online: boolean;
  /** Wall time of the last change, moved when the clock was set and by what does not count. */
  since: number;
  /** Milliseconds online before `since`. */
  accumulatedMs: number;
  /** The same when this run began, and as last written to storage. */
  startedMs: number;
  savedMs: number;
}

export function createChannelState(identity: ChannelIdentity, bloom: RollingBloom | null): ChannelState {
  const self = createParticipant(0, identity.self, identity.publicKey);
  return {
    identity,
    lamport: 0,
    authorSeq: 0,
    joinLamport: 0,
    ledgerSeq: 0,
    historyCursor: 0,
    unread: createUnread(),
    bodiesSince: 0,
    watermark: 0,
    connection: { online: false, since: 0, accumulatedMs: 0, startedMs: 0, savedMs: 0 },
    lastNow: 0,
    entries: new Map(),
    log: createOrderedLog<LogEntry>(),
    ahead: new Set(),
    removed: new Set(),
    heads: new Set(),
    buffered: new WaitingRoom(),
    embargoed: new Map(),
    belowWatermark: new Set(),
    missing: new Map(),
    followers: new Followers(),
    nextMissingNumber: 0,
    fetches: new DueQueue(),
    firstRequests: new DueQueue(),
    repeatedRequests: new DueQueue(),
    pendingCredits: new Map(),
    unfinishedWalks: new Set(),
    participants: [self],
    participantById: new Map([[identity.self, self]]),
    strangers: new Set(),
    present: null,
    outbox: new Map(),
    open: new Set(),
    lastOwn: null,
    sync: createSyncSchedule(),
    answers: new Map(),
    budget: createBudget({}, 0),
    bloom,
    filters: { holders: new Set(), decoys: null },
    nextEntryNumber: 0,
  };
}

/** One step under way: what it has to write and to do so far. */
export interface StepContext {
  readonly state: ChannelState;
  readonly env: Environment;
  readonly changes: Change[];
  readonly effects: Effect[];
  readonly touchedParticipants: Set<Participant>;
  /** How far claims may still be followed in this step. */
  readonly effort: Effort;
  durability: Durability;
}

/** Writes a ledger row with the next sequence number. */
export function ledger(ctx: StepContext, ids: readonly MessageId[], entry: LedgerEntry): void {
  const seq = ++ctx.state.ledgerSeq;
  ctx.changes.push({ op: "put", table: "ledger", record: { seq, at: ctx.env.now, ids, ...entry } });
}

export function connectedNow(state: ChannelState, now: number): number {
  const { online, since, accumulatedMs } = state.connection;
  const counted = Math.min(now, state.lastNow + LONGEST_PAUSE_MS);
  return accumulatedMs + (online ? Math.max(0, counted - since) : 0);
}

/** The wall time at which connected time reaches `connectedMs`, or Infinity while offline. */
export function wallTimeOf(state: ChannelState, now: number, connectedMs: number): number {
  return state.connection.online ? now + Math.max(0, connectedMs - connectedNow(state, now)) : Number.POSITIVE_INFINITY;
}
