import { restoreBudget } from "./budget/budget.ts";
import { type ChannelContext, type ChannelState, createChannelState } from "./channel-state.ts";
import { restoreConnectedTime } from "./clock/connected-time.ts";
import { restoreCorrection } from "./clock/correction.ts";
import { isAhead } from "./clock/lamport-clock.ts";
import { restoreLamport } from "./clock/lamport-state.ts";
import { tellRestored } from "./evidence/evidence-told.ts";
import { restoreOwnFilter } from "./evidence/received-filter.ts";
import { FAR, restoreEvidence } from "./evidence/restore-evidence.ts";
import { restoreBodiesSince } from "./holes/give-up-bodies.ts";
import { noteDetailsGone } from "./holes/give-up-details.ts";
import { restoreHole } from "./holes/holes.ts";
import { restoreJoinPoint } from "./holes/join-point.ts";
import { forgetOld, isBelow, raiseWatermark } from "./holes/watermark.ts";
import type { Change, StoredBesides, StoredChannel, StoredMessages } from "./io/records.ts";
import { type ChannelIdentity, createStepContext, type Environment, restoreLedger } from "./io/step-context.ts";
import { settleAhead } from "./log/ahead.ts";
import { countNumber } from "./log/equivocation.ts";
import { type RestoringEntries, restoreAuthorSeq, restoreEntries, settleEntries } from "./log/restore-entries.ts";
import type { RestoredGraph } from "./log/restored-graph.ts";
import { restoreUnread } from "./log/unread.ts";
import { restoreOutbox } from "./outbox/restore-outbox.ts";
import { MAX_HISTORY } from "./parameters/limits.ts";
import { restoreParticipants } from "./participants/restore-participants.ts";
import { linkParent } from "./receive/causal-delivery.ts";
import { restoreHistoryCursors } from "./receive/history-cursors.ts";
import { resetSyncClock, restoreSyncLamport } from "./sync/sync-clock.ts";

export interface Restored {
  readonly state: ChannelState;
  /** What this start has to write first. */
  readonly changes: readonly Change[];
  /** Rows to be deleted after that, in this order and in any number of steps: what is left of them goes at the next start. */
  readonly deletions: readonly Change[];
}

/** A start to which messages are given one by one, as they are read: all records of a long log at once are many times its state. */
export interface Restoring extends StoredMessages {
  /** When all were put. */
  finish(env: Environment, limits?: RestoreLimits): Restored;
}

export interface RestoreLimits {
  /** Of more messages than this the oldest are forgotten. */
  readonly maxHistory?: number | undefined;
  /** Claims that reach more entries than this are followed together. */
  readonly far?: number | undefined;
}

/** A channel as it was when this device last wrote it, or a fresh one. */
export function restore(
  identity: ChannelIdentity,
  stored: StoredChannel,
  env: Environment,
  limits?: RestoreLimits,
): Restored {
  const restoring = beginRestore(identity, stored);
  for (const record of stored.messages) restoring.put(record);
  return restoring.finish(env, limits);
}

/** The same in parts. */
export function beginRestore(identity: ChannelIdentity, stored: StoredBesides): Restoring {
  const state = createChannelState(identity);
  restoreParticipants(state, stored.participants);
  const entries = restoreEntries(state);
  return {
    put: entries.put,
    remove: entries.remove,
    finish: (env, limits = {}) => finishRestore(state, stored, entries, env, limits),
  };
}

function finishRestore(
  state: ChannelState,
  stored: StoredBesides,
  entries: RestoringEntries,
  env: Environment,
  { maxHistory = MAX_HISTORY, far = FAR }: RestoreLimits,
): Restored {
  //= protocol: STATE-2
  restoreMeta(state, stored, env);
  raiseWatermark(state, stored, env.now, maxHistory);
  // What the steps below would write is on disk already.
  const graph = restoreLog(createStepContext(state, env), stored, entries);
  const tooMany = restoreOutbox(createStepContext(state, env), stored.outbox);
  restoreEvidence(state, graph, stored, far);
  const told = createStepContext(state, env);
  tellRestored(told);
  const { changes, deletions } = forgetOld(state);
  restoreUnread(state, stored);
  const first = [...changedMeta(state, stored), ...forgottenHoles(state, stored), ...told.changes];
  return { state, changes: [...first, ...changes], deletions: [...deletions, ...tooMany] };
}

function restoreMeta(state: ChannelState, { meta }: StoredBesides, env: Environment): void {
  restoreLedger(state, meta.ledgerSeq ?? 0);
  restoreLamport(state, meta.lamport ?? 0);
  restoreConnectedTime(state, meta.connectedMs ?? 0, env.now);
  restoreAuthorSeq(state, meta.authorSeq ?? 0);
  restoreBudget(state, meta, env.now);
  restoreJoinPoint(state, meta.joinLamport, env.now);
  restoreBodiesSince(state, meta.bodiesSince ?? 0);
  noteDetailsGone(state, meta.detailsSince ?? 0);
  restoreSyncLamport(state, meta.lamportReserved ?? 0);
  restoreHistoryCursors(state, meta);
  restoreCorrection(state, meta.clockCorrectionMs ?? 0);
}

/** The join point is fixed once, at the first boot. */
function changedMeta({ ledger, holes: { joinLamport, watermark } }: ChannelState, { meta }: StoredBesides): Change[] {
  const changes: Change[] = [];
  if (ledger.seq > (meta.ledgerSeq ?? 0)) changes.push({ op: "meta", key: "ledgerSeq", value: ledger.seq });
  //= protocol: JOIN-1
  if (meta.joinLamport === undefined) changes.push({ op: "meta", key: "joinLamport", value: joinLamport });
  if (watermark > (meta.watermark ?? 0)) changes.push({ op: "meta", key: "watermark", value: watermark });
  return changes;
}

function forgottenHoles(state: ChannelState, { holes }: StoredBesides): Change[] {
  return holes
    .filter(({ lamport }) => isBelow(state, lamport))
    .map(({ id }): Change => ({ op: "delete", table: "hole", key: id }));
}

/** All that is held, linked anew. Holes first: what was declared lost blocks nobody. */
function restoreLog(ctx: ChannelContext, stored: StoredBesides, entries: RestoringEntries): RestoredGraph {
  const { state } = ctx;
  for (const hole of stored.holes) if (!isBelow(state, hole.lamport)) restoreHole(ctx, hole);
  const { graph, open, waitsUntil } = entries.finish();
  // Of those below the watermark only some are here: the others would look like gaps.
  //= protocol: STATE-10
  // In order, since authors count on: from any other, each of their numbers would be a gap for a while.
  for (const entry of graph.inOrder) if (entry.lamport >= state.holes.watermark) countNumber(entry);
  for (const [child, edge] of open) linkParent(ctx, child, edge);
  settleEntries(state, graph, waitsUntil);
  raiseLamport(state, ctx.env.now);
  resetSyncClock(ctx);
  settleAhead(ctx);
  //= protocol: FILTER-4
  restoreOwnFilter(state);
  return graph;
}

/** It may have fallen while the clock was behind, and what was ahead then need not be ahead by the clock of this start. */
function raiseLamport(state: ChannelState, now: number): void {
  for (const { lamport } of state.log.order.before()) {
    if (isAhead(lamport, now)) continue;
    restoreLamport(state, lamport);
    return;
  }
}
