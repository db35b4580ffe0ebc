import { takeTurn, turnAt } from "../budget/budget.ts";
import { connectedNow } from "../clock/connected-time.ts";
import {
  DEFAULT_REDUNDANCY,
  fireTrickle,
  nextTrickleAt,
  startTrickle,
  type TrickleParameters,
} from "../clock/trickle.ts";
import { chooseSyncHistory, hasOpenIds } from "../evidence/causal-history.ts";
import { completeSince } from "../holes/holes.ts";
import type { LogEntry } from "../log/log-entry.ts";
import {
  CLAIM_REPEAT_MS,
  LARGE_GROUP,
  SILENCE_FLOOR_LARGE_GROUP_MS,
  SILENCE_FLOOR_MS,
} from "../parameters/parameters.ts";
import { ackWindow } from "../participants/ack-window.ts";
import { beginEagerRequests, nextRequestSyncAt, noteEagerSync, takeRepairRequests } from "../repair/repair.ts";
import { asMessageId } from "../wire/ids.ts";
import { groupSize, isDue, noteWindow, stretchWindow } from "./ack-window.ts";
import { heldUntil, isHeld, moveHold, noteRelease } from "./hold.ts";
import { inInterval, ownSync } from "./own.ts";
import {
  hasOpenMessages,
  noteReceiptRequest,
  noteWhoIsThereAsked,
  planReceiptRequest,
  receiptRequest,
} from "./receipts.ts";
import { filterOfSync } from "./sent-filter.ts";
import { nextSyncLamport } from "./sync-clock.ts";
import type { SyncAndBelow, SyncContext } from "./sync-state.ts";

/** Those who acked together must not repeat it together. Up to so much later. */
const REPEAT_JITTER = 0.2;
/** A Store keeps each of them, so one says all that is new in ten minutes. Rarer ones are missed by who reads between. */
const CHECKPOINT_EVERY_MS = 10 * 60_000;
/** A Store that was away for a moment is back; three times, as without any Store they would go on for ever. */
const CHECKPOINT_RETRY_MS = 30_000;
const MAX_CHECKPOINT_RETRIES = 3;

/** New content was delivered: say so within the ack window, at most once a window. */
export function scheduleAck(ctx: SyncContext): void {
  const { state, env } = ctx;
  const sync = ownSync(state);
  sync.newClaims = true;
  if (sync.ackAt !== null) return;
  //= protocol: SYNC-7
  const window = ackWindow(state, env.now);
  sync.ackAt = Math.max(env.now + env.random() * window, sync.lastAckAt + window);
  noteWindow(state, window);
}

/** Receipts were asked of us, at a time: answer within the window, however lately we spoke. */
export function scheduleAnswer(ctx: SyncContext, askedAt: number): void {
  const { state, env } = ctx;
  const window = ackWindow(state, env.now);
  // What was asked that long ago is named by the next sync, whatever that is said for: they ask again.
  //= protocol: LAG-5
  if (env.now - askedAt > window) return;
  //= protocol: RECEIPT-5
  const at = env.now + env.random() * window;
  ownSync(state).ackAt = Math.min(at, state.sync.ackAt ?? at);
  noteWindow(state, window);
}

/** Own content says the same as an ack if it is now the only head and nothing is to be named besides; then no sync is needed. */
export function noteOwnContent(ctx: SyncContext, entry: LogEntry): void {
  const sync = ownSync(ctx.state);
  const { heads } = ctx.state.log;
  sync.lastSaidConnectedMs = connectedNow(ctx.state, ctx.env.now);
  //= protocol: RECEIPT-1
  planReceiptRequest(ctx.state, ctx.env.now, ackWindow(ctx.state, ctx.env.now));
  //= protocol: SYNC-8
  if (heads.size !== 1 || !heads.has(entry) || sync.asked.size > 0 || hasOpenIds(ctx.state, ctx.env)) return;
  sync.ackAt = null;
  sync.repeatAt = [];
  sync.newClaims = false;
}

/** The connection is back: say who I am and what I have, and begin listening for differences anew. */
export function startSyncing(ctx: SyncContext): void {
  const { state, env } = ctx;
  //= protocol: SYNC-8
  const window = ackWindow(state, env.now);
  ownSync(state).helloAt = env.now + env.random() * window;
  noteWindow(state, window);
  ownSync(state).trickle = startTrickle(trickleParameters(state), env.now, env.random);
  ownSync(state).consistentSigners.clear();
  beginEagerRequests(state, env.now);
  ownSync(state).askUnheardBefore = env.now;
  // The plan to ask for receipts does not survive a restart; the messages that are short of them do.
  const { wantReceiptsAt } = state.sync;
  if ((wantReceiptsAt === null || wantReceiptsAt <= env.now) && hasOpenMessages(state, env.now)) {
    planReceiptRequest(state, env.now, window);
  }
}

function trickleParameters(state: SyncAndBelow): TrickleParameters {
  const { idleSyncMinMs, idleSyncMaxMs } = state.identity.parameters;
  return { iMinMs: idleSyncMinMs, iMaxMs: idleSyncMaxMs, k: DEFAULT_REDUNDANCY };
}

/** Says what is due. Any sync says everything, so one is enough for all reasons. */
export function syncDue(ctx: SyncContext): void {
  const { state, env } = ctx;
  const { trickle } = ownSync(state);
  if (!state.clock.connection.online || trickle === null) return;
  if (turnAt(state, "sync", groupSize(state, env.now)) > env.now) return;
  stretchWindow(ctx);
  if (Math.min(nextTrickleAt(trickle), plannedSyncAt(state, env.now)) > env.now) {
    noteRelease(state);
    return;
  }
  if (isHeld(ctx)) return;
  dropNeedlessReceiptRequest(ctx);
  if (plannedSyncAt(state, env.now) > env.now) {
    idleDue(ctx);
    return;
  }
  //= protocol: SYNC-8
  say(ctx, false);
  // It says what an idle one would, if that was due as well.
  inInterval(ctx.state, trickle, () => fireTrickle(trickle, env.now, env.random));
}

/** The earliest of all reasons to say something but the idle one. */
function plannedSyncAt(state: SyncAndBelow, now: number): number {
  const { helloAt, ackAt, repeatAt, wantReceiptsAt } = state.sync;
  const planned = Math.min(orNever(helloAt), orNever(ackAt), orNever(repeatAt[0]), orNever(wantReceiptsAt));
  return Math.min(checkpointAt(state), nextRequestSyncAt(state, now), planned);
}

function orNever(at: number | null | undefined): number {
  return at ?? Number.POSITIVE_INFINITY;
}

/** Claims that no checkpoint has said get one, at most every ten minutes; one that the Store did not keep, sooner. */
function checkpointAt(state: SyncAndBelow): number {
  const { newClaims, ackAt, lastCheckpointAt, checkpointRetryAt } = state.sync;
  if (checkpointRetryAt !== null) return checkpointRetryAt;
  return newClaims && ackAt === null ? lastCheckpointAt + CHECKPOINT_EVERY_MS : Number.POSITIVE_INFINITY;
}

function dropNeedlessReceiptRequest(ctx: SyncContext): void {
  const { state, env } = ctx;
  //= protocol: RECEIPT-4
  const { wantReceiptsAt } = state.sync;
  if (wantReceiptsAt === null || wantReceiptsAt > env.now || receiptRequest(ctx) !== null) return;
  noteReceiptRequest(state, env.now, hasOpenMessages(state, env.now));
}

/** Whether the Store gave a checkpoint back by its hash. Without a Store there is nobody to keep it: not for ever. */
export function checkpointResult(ctx: SyncContext, kept: boolean): void {
  const sync = ownSync(ctx.state);
  //= protocol: SYNC-9
  if (kept || sync.checkpointRetries >= MAX_CHECKPOINT_RETRIES) {
    sync.checkpointRetries = 0;
    return;
  }
  sync.checkpointRetries++;
  sync.checkpointRetryAt = ctx.env.now + CHECKPOINT_RETRY_MS;
}

function idleDue(ctx: SyncContext): void {
  const { state, env } = ctx;
  const sync = ownSync(state);
  const { trickle } = sync;
  if (trickle === null) return;
  const silent = connectedNow(state, env.now) - sync.lastSaidConnectedMs >= silenceFloor(state);
  //= protocol: TRICKLE-4, TRICKLE-5
  if (sync.introduce || silent) trickle.heard = 0;
  const { send } = inInterval(ctx.state, trickle, () => fireTrickle(trickle, env.now, env.random));
  if (send) say(ctx, true);
}

/** Nobody who said nothing for this long is suppressed: it is how the others know that they are there. */
function silenceFloor(state: SyncAndBelow): number {
  //= protocol: TRICKLE-5
  return state.participants.all.length > LARGE_GROUP ? SILENCE_FLOOR_LARGE_GROUP_MS : SILENCE_FLOOR_MS;
}

function say(ctx: SyncContext, idle: boolean): void {
  const { state, env } = ctx;
  const sync = ownSync(state);
  takeTurn(ctx, "sync", groupSize(state, env.now));
  noteRelease(state);
  const checkpoint = isCheckpointDue(state, env.now);
  //= protocol: RECEIPT-6
  const planned = isDue(sync.wantReceiptsAt, env.now);
  const receipts = planned || isDue(sync.helloAt, env.now) ? receiptRequest(ctx, planned) : null;
  if (receipts !== null && planned) noteReceiptRequest(state, env.now, true);
  if (receipts !== null) noteWhoIsThereAsked(state);
  const lamport = nextSyncLamport(ctx);
  // The commits that hold what it lists must be on disk before it leaves.
  //= protocol: TIME-5, STATE-3
  ctx.durability = "strict";
  // Before the ids are chosen: it is for those that do not fit.
  const bloomFilter = filterOfSync(state, env, idle);
  ctx.effects.push({
    kind: "send-sync",
    sync: {
      //= protocol: ID-2
      messageId: asMessageId(lamport.toString(36)),
      lamport,
      //= protocol: SYNC-2
      causalHistory: chooseSyncHistory(state, env, [...sync.asked, ...(receipts?.open ?? [])]),
      //= protocol: SYNC-5
      completeSince: completeSince(state),
      bloomFilter,
      repairRequests: takeRepairRequests(ctx),
      //= protocol: RECEIPT-2
      receiptsWantedFrom: receipts?.from ?? null,
      checkpoint,
    },
  });
  noteSaid(ctx, checkpoint);
}

function isCheckpointDue(state: SyncAndBelow, now: number): boolean {
  const { helloAt, checkpointRetryAt, newClaims, lastCheckpointAt } = state.sync;
  if (isDue(helloAt, now) || isDue(checkpointRetryAt, now)) return true;
  return newClaims && now - lastCheckpointAt >= CHECKPOINT_EVERY_MS;
}

/** Whatever was planned to be said has been said. */
function noteSaid(ctx: SyncContext, checkpoint: boolean): void {
  const { state, env } = ctx;
  const sync = ownSync(state);
  //= protocol: SYNC-8
  if (sync.ackAt !== null) {
    sync.lastAckAt = env.now;
    sync.repeatAt = CLAIM_REPEAT_MS.map((delay) => env.now + delay * (1 + REPEAT_JITTER * env.random()));
  }
  sync.ackAt = null;
  sync.repeatAt = sync.repeatAt.filter((at) => at > env.now);
  sync.helloAt = null;
  sync.introduce = false;
  sync.asked.clear();
  if (checkpoint) {
    sync.newClaims = false;
    sync.checkpointRetryAt = null;
    sync.lastCheckpointAt = env.now;
  }
  noteEagerSync(state, env.now);
  sync.lastSaidConnectedMs = connectedNow(state, env.now);
}

export function nextSyncAt(state: SyncAndBelow, now: number): number {
  const { trickle } = state.sync;
  if (!state.clock.connection.online || trickle === null) return Number.POSITIVE_INFINITY;
  const dueAt = Math.min(nextTrickleAt(trickle), plannedSyncAt(state, now));
  return heldUntil(state, Math.max(turnAt(state, "sync", groupSize(state, now)), dueAt));
}

/** The clock was set by so much. */
export function movePlannedSyncs(state: SyncAndBelow, byMs: number): void {
  const sync = ownSync(state);
  sync.ackAt = moved(sync.ackAt, byMs);
  sync.lastAckAt += byMs;
  sync.repeatAt = sync.repeatAt.map((at) => at + byMs);
  sync.helloAt = moved(sync.helloAt, byMs);
  sync.lastCheckpointAt += byMs;
  sync.checkpointRetryAt = moved(sync.checkpointRetryAt, byMs);
  sync.wantReceiptsAt = moved(sync.wantReceiptsAt, byMs);
  moveHold(state, byMs);
  if (sync.trickle === null) return;
  sync.trickle.intervalEnd += byMs;
  sync.trickle.speakAt = moved(sync.trickle.speakAt, byMs);
}

function moved(at: number | null, byMs: number): number | null {
  return at === null ? null : at + byMs;
}

/** It is in no log any more: nobody has to be told that we have it. */
export function nameNoMore(state: SyncAndBelow, entry: LogEntry): void {
  ownSync(state).asked.delete(entry);
}
