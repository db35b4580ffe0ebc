import {
  type ChannelIdentity,
  type ChannelState,
  createChannelState,
  type Environment,
  type StepContext,
} from "./channel-state.ts";
import { isEmbargoed } from "./clock/lamport-clock.ts";
import { createBudget } from "./clock/token-buckets.ts";
import { createEffort } from "./evidence/claim-walk.ts";
import { creditHolder, restoreClaim } from "./evidence/evidence.ts";
import { tellRestored } from "./evidence/evidence-told.ts";
import { bloomOptions } from "./filter/bloom-gate.ts";
import { RollingBloom } from "./filter/rolling-bloom.ts";
import { missMessage } from "./holes/holes.ts";
import { joinPointAt } from "./holes/join-point.ts";
import { forgetOld, isBelow, raisedWatermark } from "./holes/watermark.ts";
import type {
  Change,
  HoleRecord,
  MessageRecord,
  OutboxRecord,
  ParticipantRecord,
  StoredChannel,
} from "./io/records.ts";
import { settleAhead } from "./log/ahead.ts";
import { countNumber } from "./log/equivocation.ts";
import { type Edge, edgesOf, isTrueEdge, type LogEntry } from "./log/log-entry.ts";
import { restoreUnread } from "./log/unread.ts";
import type { OutboxEntry } from "./outbox/outbox-entry.ts";
import { isOpen } from "./outbox/outbox-stage.ts";
import { MAX_HISTORY } from "./parameters/limits.ts";
import { createParticipant } from "./participants/participant.ts";
import { linkParent } from "./receive/causal-delivery.ts";
import { packHint } from "./wire/packed-hint.ts";

export interface Restored {
  readonly state: ChannelState;
  /** What this start has to write first. */
  readonly changes: readonly Change[];
  /** Rows to be deleted after that, in this order and in any number of steps: what is left of them goes at the next start. */
  readonly deletions: readonly Change[];
}

/**
 * A channel as it was when this device last wrote it, or a fresh one. Of more than `maxHistory` messages the oldest are
 * forgotten.
 */
export function restore(
  identity: ChannelIdentity,
  stored: StoredChannel,
  env: Environment,
  maxHistory = MAX_HISTORY,
): Restored {
  const state = createChannelState(identity, bloomOf(identity));
  state.lastNow = env.now;
  restoreMeta(state, stored, env);
  state.watermark = raisedWatermark(stored, env.now, maxHistory);
  for (const record of [...stored.participants].sort((a, b) => a.index - b.index)) restoreParticipant(state, record);
  // What the steps below would write is on disk already.
  restoreLog(contextOf(state, env), stored);
  // Storages keep them by id; they leave in the order in which they were accepted.
  const inOrder = [...stored.outbox].sort((a, b) => seqOf(state, a) - seqOf(state, b));
  for (const record of inOrder) restoreOutbox(state, record, env.now);
  restoreEvidence(state, stored);
  const told = contextOf(state, env);
  tellRestored(told);
  const { changes, deletions } = forgetOld(state);
  restoreUnread(state, stored);
  const first = [...changedMeta(state, stored), ...forgottenHoles(state, stored), ...told.changes];
  return { state, changes: [...first, ...changes], deletions };
}

function contextOf(state: ChannelState, env: Environment): StepContext {
  return {
    ...{ state, env, changes: [], effects: [], touchedParticipants: new Set(), effort: createEffort() },
    durability: "relaxed",
  };
}

function bloomOf({ profile, parameters }: ChannelIdentity): RollingBloom | null {
  return profile === "sds" ? new RollingBloom(bloomOptions(parameters)) : null;
}

function restoreMeta(state: ChannelState, { meta }: StoredChannel, env: Environment): void {
  state.joinLamport = meta.joinLamport ?? joinPointAt(env.now);
  state.lamport = meta.lamport ?? 0;
  state.authorSeq = meta.authorSeq ?? 0;
  state.ledgerSeq = meta.ledgerSeq ?? 0;
  state.historyCursor = meta.historyCursor ?? 0;
  state.bodiesSince = meta.bodiesSince ?? 0;
  state.budget = createBudget(meta, env.now);
  state.sync.lastSyncLamport = Math.max(0, (meta.lamportReserved ?? 0) - 1);
  state.connection.accumulatedMs = meta.connectedMs ?? 0;
  state.connection.startedMs = state.connection.accumulatedMs;
  state.connection.savedMs = state.connection.accumulatedMs;
}

/** The join point is fixed once, at the first boot. */
function changedMeta({ joinLamport, watermark, ledgerSeq }: ChannelState, { meta }: StoredChannel): Change[] {
  const changes: Change[] = [];
  if (ledgerSeq > (meta.ledgerSeq ?? 0)) changes.push({ op: "meta", key: "ledgerSeq", value: ledgerSeq });
  if (meta.joinLamport === undefined) changes.push({ op: "meta", key: "joinLamport", value: joinLamport });
  if (watermark > (meta.watermark ?? 0)) changes.push({ op: "meta", key: "watermark", value: watermark });
  return changes;
}

function forgottenHoles(state: ChannelState, { holes }: StoredChannel): Change[] {
  return holes
    .filter(({ lamport }) => isBelow(state, lamport))
    .map(({ id }): Change => ({ op: "delete", table: "hole", key: id }));
}

function restoreParticipant(state: ChannelState, record: ParticipantRecord): void {
  const self = state.participants[record.index];
  const participant = self ?? createParticipant(record.index, record.id, record.publicKey);
  participant.heardAt = record.heardAt;
  participant.heardConnectedMs = record.heardConnectedMs;
  participant.lastClaimLamport = record.lastClaimLamport;
  participant.name = record.name;
  participant.nameLamport = record.nameLamport;
  state.participants[record.index] = participant;
  state.participantById.set(record.id, participant);
  if (record.index > 0) state.strangers.add(participant);
}

function restoreLog(ctx: StepContext, stored: StoredChannel): void {
  const { state } = ctx;
  // Holes first: what was declared lost blocks nobody.
  for (const hole of stored.holes) if (!isBelow(state, hole.lamport)) restoreHole(ctx, hole);
  const entries = stored.messages.map((record) => restoreEntry(state, record));
  for (const entry of entries) {
    state.entries.set(entry.id, entry);
    // Of those below only some are here: the others would look like gaps.
    if (entry.lamport >= state.watermark) countNumber(entry);
  }
  for (const [index, { parents }] of stored.messages.entries()) {
    const entry = entries[index];
    if (entry !== undefined) entry.parents = edgesOf(state, parents);
  }
  for (const entry of entries) for (const reference of entry.parents) linkParent(ctx, entry, reference);
  for (const entry of entries) countAsChild(state, entry);
  for (const [index, { waitsUntilConnectedMs }] of stored.messages.entries()) {
    const entry = entries[index];
    if (entry !== undefined) settleEntry(state, entry, waitsUntilConnectedMs);
  }
  raiseLamport(state, ctx.env.now);
  settleAhead(ctx);
  restoreBloom(state);
}

/**
 * It was missed when it was missed: each start would give what does not exist another day of being asked for. Who names
 * it is known by the messages that do, once these are linked: otherwise all holes were a signer's of their own, beside
 * those who name them.
 */
function restoreHole(ctx: StepContext, { id, lamport, hint, since, state: holeState }: HoleRecord): void {
  const missing = missMessage(ctx, id, { by: 0, lamport, hint });
  missing.namedBy.clear();
  missing.since = Math.min(since, ctx.env.now);
  missing.state = holeState;
}

/** The newest by their place in the log: when each was delivered is not kept. */
function restoreBloom({ bloom, log, ahead, identity }: ChannelState): void {
  if (bloom === null) return;
  for (const entry of log.pageBefore(undefined, identity.parameters.bloomCapacity)) {
    if (!ahead.has(entry)) bloom.insert(entry.id);
  }
}

/** It may have fallen while the clock was behind, and what was ahead then need not be ahead by the clock of this start. */
function raiseLamport(state: ChannelState, now: number): void {
  for (const { lamport } of state.log.before()) {
    if (isEmbargoed(lamport, now)) continue;
    state.lamport = Math.max(state.lamport, lamport);
    return;
  }
}

/** Edges name ids that other entries hold, so they come when all are there. */
const NO_EDGES: readonly Edge[] = [];

function restoreEntry(state: ChannelState, record: MessageRecord): LogEntry {
  const author = state.participantById.get(record.sender);
  if (author === undefined) throw new Error(`Message ${record.id} is by ${record.sender}, who is not in storage.`);
  state.strangers.delete(author);
  return {
    id: record.id,
    lamport: record.lamport,
    author,
    mine: record.mine,
    signed: record.signed,
    authorSeq: record.authorSeq,
    type: record.type,
    composedAt: record.composedAt,
    parents: NO_EDGES,
    receivedAt: record.receivedAt,
    size: record.size,
    number: state.nextEntryNumber++,
    status: record.status,
    hint: packHint(record.hint),
    removed: record.removed ?? false,
    audience: record.audience,
    trailerHolds: false,
    blocking: 0,
    dependents: null,
    deliveredChildren: 0,
    namedByOthers: false,
    timesListedBare: 0,
  };
}

function countAsChild(state: ChannelState, child: LogEntry): void {
  if (child.status !== "delivered") return;
  for (const reference of child.parents) {
    const parent = state.entries.get(reference.id);
    if (parent !== undefined && isTrueEdge(child, reference, parent)) parent.deliveredChildren++;
  }
}

/**
 * Linking counted what each entry misses; what had been delivered past it stays delivered. What waits goes on waiting: a
 * process that never lives for ten minutes would deliver nothing if each start gave it ten minutes more.
 */
function settleEntry(state: ChannelState, entry: LogEntry, waitsUntil = Number.POSITIVE_INFINITY): void {
  if (entry.status === "buffered") {
    const patience = state.connection.accumulatedMs + state.identity.parameters.lostAfterMs;
    // What it waited for may count as known by now.
    state.buffered.add(entry, entry.blocking === 0 ? state.connection.accumulatedMs : Math.min(waitsUntil, patience));
    return;
  }
  entry.blocking = 0;
  state.log.insert(entry);
  if (entry.removed) state.removed.add(entry);
  if (entry.deliveredChildren === 0) state.heads.add(entry);
  if (entry.mine && (state.lastOwn === null || entry.lamport > state.lastOwn.lamport)) state.lastOwn = entry;
  if (!entry.mine) creditHolder(state, entry);
}

function seqOf(state: ChannelState, { id }: OutboxRecord): number {
  return state.entries.get(id)?.authorSeq ?? 0;
}

/** An attempt under way when we stopped may or may not have left, so it is made again: receivers drop duplicates. */
function restoreOutbox(state: ChannelState, record: OutboxRecord, now: number): void {
  const entry = state.entries.get(record.id);
  if (entry === undefined) return;
  const item: OutboxEntry = {
    entry,
    requestId: record.requestId,
    levelPercent: record.levelPercent ?? null,
    stage: record.stage === "sending" ? "queued" : record.stage,
    attempts: record.attempts,
    inFlight: false,
    held: false,
    limited: false,
    asked: record.asked ?? false,
    taken: record.taken,
    acceptedAt: record.acceptedAt,
    firstAttemptAt: record.firstAttemptAt,
    firstAttemptConnectedMs: firstAttemptOf(state, record),
    nextAttemptAt: null,
    reason: record.reason,
  };
  if (isOpen(item)) {
    item.nextAttemptAt = nextAttemptOf(state, record, now);
    state.open.add(item);
  }
  state.outbox.set(entry.id, item);
}

/** Connected time may have been written a little before it. */
function firstAttemptOf(state: ChannelState, record: OutboxRecord): number | null {
  const { accumulatedMs } = state.connection;
  if (record.firstAttemptAt === null) return null;
  return Math.min(record.firstAttemptConnectedMs ?? accumulatedMs, accumulatedMs);
}

/** Not later than any pause between attempts: the clock may have been set back since it was planned. */
function nextAttemptOf(state: ChannelState, record: OutboxRecord, now: number): number | null {
  if (record.nextAttemptAt === null) return record.stage === "stored" ? null : 0;
  return Math.min(record.nextAttemptAt, now + state.identity.parameters.resendMaxMs);
}

/** Who has what is derived from the smallest set of claims that proves it. */
function restoreEvidence(state: ChannelState, stored: StoredChannel): void {
  for (const record of stored.participants) {
    const participant = state.participants[record.index];
    if (participant === undefined) continue;
    for (const claim of record.claims) restoreClaim(state, participant, claim);
  }
}
