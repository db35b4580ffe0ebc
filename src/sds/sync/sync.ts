import { type ChannelState, connectedNow, type StepContext } from "../channel-state.ts";
import { tickLamport } from "../clock/lamport-clock.ts";
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
import { takeToken, tokenAt } from "../outbox/budget.ts";
import {
  CLAIM_REPEAT_MS,
  LARGE_GROUP,
  SILENCE_FLOOR_LARGE_GROUP_MS,
  SILENCE_FLOOR_MS,
} from "../parameters/parameters.ts";
import { presentParticipants } from "../participants/presence.ts";
import { beginEagerRequests, nextRequestSyncAt, noteEagerSync, takeRepairRequests } from "../repair/repair.ts";
import { asMessageId } from "../wire/ids.ts";
import { hasOpenMessages, noteReceiptRequest, planReceiptRequest, receiptRequest } from "./receipts.ts";
import { filterOfSync } from "./sent-filter.ts";
import { inInterval } from "./sync-schedule.ts";

/** The ack window is meant for groups of this size; it grows in proportion beyond. */
const ACK_WINDOW_GROUP = 8;
const REPEAT_JITTER = 0.2;
const CHECKPOINT_EVERY_MS = 10 * 60_000;
const CHECKPOINT_RETRY_MS = 30_000;
const MAX_CHECKPOINT_RETRIES = 3;

/** New content was delivered: say so within the ack window, at most once a window. */
export function scheduleAck(ctx: StepContext): void {
  const { state, env } = ctx;
  const { sync } = state;
  sync.newClaims = true;
  if (sync.ackAt !== null) return;
  const window = ackWindow(state, env.now);
  sync.ackAt = Math.max(env.now + env.random() * window, sync.lastAckAt + window);
}

/** Receipts were asked of us: answer within the window, however lately we spoke. */
export function scheduleAnswer(ctx: StepContext): void {
  const { state, env } = ctx;
  const at = env.now + env.random() * ackWindow(state, env.now);
  state.sync.ackAt = Math.min(at, state.sync.ackAt ?? at);
}

/** Grows with the group, so that a large group does not answer each message with a storm of acks. */
function ackWindow(state: ChannelState, now: number): number {
  const { ackWindowMs, ackWindowMaxMs } = state.identity.parameters;
  const group = presentParticipants(state, now).length;
  return Math.min(ackWindowMaxMs, ackWindowMs * Math.max(1, group / ACK_WINDOW_GROUP));
}

/** Own content says the same as an ack if it is now the only head and nothing is to be named besides; then no sync is needed. */
export function noteOwnContent(ctx: StepContext, entry: LogEntry): void {
  const { sync, heads } = ctx.state;
  sync.lastSaidConnectedMs = connectedNow(ctx.state, ctx.env.now);
  planReceiptRequest(ctx.state, ctx.env.now, ackWindow(ctx.state, ctx.env.now));
  if (heads.size !== 1 || !heads.has(entry) || sync.asked.size > 0 || hasOpenIds(ctx.state, ctx.env)) return;
  sync.ackAt = null;
  sync.repeatAt = [];
  sync.newClaims = false;
}

/** The connection is back: say who I am and what I have, and begin listening for differences anew. */
export function startSyncing(ctx: StepContext): void {
  const { state, env } = ctx;
  state.sync.helloAt = env.now + env.random() * ackWindow(state, env.now);
  state.sync.trickle = startTrickle(trickleParameters(state), env.now, env.random);
  state.sync.consistentSigners.clear();
  beginEagerRequests(state, env.now);
  // The plan to ask for receipts does not survive a restart; the messages that are short of them do.
  if (state.sync.wantReceiptsAt === null && hasOpenMessages(state, env.now)) {
    planReceiptRequest(state, env.now, ackWindow(state, env.now));
  }
}

function trickleParameters(state: ChannelState): TrickleParameters {
  const { idleSyncMinMs, idleSyncMaxMs } = state.identity.parameters;
  return { iMinMs: idleSyncMinMs, iMaxMs: Math.max(idleSyncMinMs, idleSyncMaxMs), k: DEFAULT_REDUNDANCY };
}

/** Says what is due. Any sync says everything, so one is enough for all reasons. */
export function syncDue(ctx: StepContext): void {
  const { state, env } = ctx;
  if (!state.connection.online || state.sync.trickle === null || tokenAt(state, "sync") > env.now) return;
  dropNeedlessReceiptRequest(ctx);
  if (plannedSyncAt(state) > env.now) {
    idleDue(ctx);
    return;
  }
  say(ctx, false);
  // It says what an idle one would, if that was due as well.
  const { trickle } = state.sync;
  inInterval(ctx.state.sync, trickle, () => fireTrickle(trickle, env.now, env.random));
}

/** The earliest of all reasons to say something but the idle one. */
function plannedSyncAt(state: ChannelState): number {
  const { helloAt, ackAt, repeatAt, wantReceiptsAt } = state.sync;
  const planned = [helloAt, ackAt, repeatAt[0] ?? null, wantReceiptsAt].filter((at) => at !== null);
  return Math.min(checkpointAt(state), nextRequestSyncAt(state), ...planned);
}

/** Claims that no checkpoint has said get one, at most every ten minutes; one that the Store did not keep, sooner. */
function checkpointAt(state: ChannelState): number {
  const { newClaims, ackAt, lastCheckpointAt, checkpointRetryAt } = state.sync;
  if (checkpointRetryAt !== null) return checkpointRetryAt;
  return newClaims && ackAt === null ? lastCheckpointAt + CHECKPOINT_EVERY_MS : Number.POSITIVE_INFINITY;
}

function dropNeedlessReceiptRequest(ctx: StepContext): void {
  const { state, env } = ctx;
  const { wantReceiptsAt } = state.sync;
  if (wantReceiptsAt === null || wantReceiptsAt > env.now || receiptRequest(ctx) !== null) return;
  noteReceiptRequest(state, env.now, hasOpenMessages(state, env.now));
}

/** Whether the Store gave a checkpoint back by its hash. Without a Store there is nobody to keep it: not for ever. */
export function checkpointResult(ctx: StepContext, kept: boolean): void {
  const { sync } = ctx.state;
  if (kept || sync.checkpointRetries >= MAX_CHECKPOINT_RETRIES) {
    sync.checkpointRetries = 0;
    return;
  }
  sync.checkpointRetries++;
  sync.checkpointRetryAt = ctx.env.now + CHECKPOINT_RETRY_MS;
}

function idleDue(ctx: StepContext): void {
  const { state, env } = ctx;
  const { sync } = state;
  const { trickle } = sync;
  if (trickle === null) return;
  const silent = connectedNow(state, env.now) - sync.lastSaidConnectedMs >= silenceFloor(state);
  if (sync.introduce || silent) trickle.heard = 0;
  const { send } = inInterval(ctx.state.sync, trickle, () => fireTrickle(trickle, env.now, env.random));
  if (send) say(ctx, true);
}

/** Nobody who said nothing for this long is suppressed: it is how the others know that they are there. */
function silenceFloor(state: ChannelState): number {
  return state.participants.length > LARGE_GROUP ? SILENCE_FLOOR_LARGE_GROUP_MS : SILENCE_FLOOR_MS;
}

function say(ctx: StepContext, idle: boolean): void {
  const { state, env } = ctx;
  const { sync } = state;
  takeToken(ctx, "sync");
  const checkpoint = isCheckpointDue(state, env.now);
  const receipts = isDue(sync.wantReceiptsAt, env.now) ? receiptRequest(ctx) : null;
  if (receipts !== null) noteReceiptRequest(state, env.now, true);
  const lamport = nextSyncLamport(ctx);
  // The commits that hold what it lists must be on disk before it leaves.
  ctx.durability = "strict";
  // Before the ids are chosen: it is for those that do not fit.
  const bloomFilter = filterOfSync(state, env, idle);
  ctx.effects.push({
    kind: "send-sync",
    sync: {
      messageId: asMessageId(lamport.toString(36)),
      lamport,
      causalHistory: chooseSyncHistory(state, env, [...sync.asked, ...(receipts?.open ?? [])]),
      completeSince: completeSince(state),
      bloomFilter,
      repairRequests: takeRepairRequests(ctx),
      receiptsWantedFrom: receipts?.from ?? null,
      checkpoint,
    },
  });
  noteSaid(ctx, checkpoint);
}

function isCheckpointDue(state: ChannelState, now: number): boolean {
  const { helloAt, checkpointRetryAt, newClaims, lastCheckpointAt } = state.sync;
  if (isDue(helloAt, now) || isDue(checkpointRetryAt, now)) return true;
  return newClaims && now - lastCheckpointAt >= CHECKPOINT_EVERY_MS;
}

/** Whatever was planned to be said has been said. */
function noteSaid(ctx: StepContext, checkpoint: boolean): void {
  const { state, env } = ctx;
  const { sync } = state;
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

/** Written with the sync's own strict commit, so that a crash never makes a later sync look older. */
function nextSyncLamport({ state: { sync }, env, changes }: StepContext): number {
  sync.lastSyncLamport = tickLamport(sync.lastSyncLamport, env.now);
  changes.push({ op: "meta", key: "lamportReserved", value: sync.lastSyncLamport + 1 });
  return sync.lastSyncLamport;
}

function isDue(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}

export function nextSyncAt(state: ChannelState): number {
  const { trickle } = state.sync;
  if (!state.connection.online || trickle === null) return Number.POSITIVE_INFINITY;
  return Math.max(tokenAt(state, "sync"), Math.min(nextTrickleAt(trickle), plannedSyncAt(state)));
}
