import { chooseSyncHistory } from "./causal-history.ts";
import { type ChannelState, connectedNow, type StepContext } from "./channel-state.ts";
import { completeSince, missMessage } from "./holes.ts";
import { asMessageId } from "./ids.ts";
import { tickLamport } from "./lamport-clock.ts";
import type { LogEntry } from "./log-entry.ts";
import { CLAIM_REPEAT_MS, LARGE_GROUP, SILENCE_FLOOR_LARGE_GROUP_MS, SILENCE_FLOOR_MS } from "./parameters.ts";
import type { Participant } from "./participant.ts";
import { presentParticipants } from "./presence.ts";
import type { IncomingClaim } from "./step-input.ts";
import {
  DEFAULT_REDUNDANCY,
  fireTrickle,
  nextTrickleAt,
  startTrickle,
  type TrickleParameters,
  type TrickleState,
  trickleConsistent,
  trickleInconsistent,
} from "./trickle.ts";

/** One write to disk covers this many milliseconds of sync Lamports. */
const LAMPORT_BLOCK_MS = 60_000;
/** The ack window is meant for groups of this size; it grows in proportion beyond. */
const ACK_WINDOW_GROUP = 8;
/** Ids that only syncs name are not followed beyond this many: a liar can name any number. */
const MAX_MISSING = 4_096;
const REPEAT_JITTER = 0.2;

/** New content was delivered: say so within the ack window, at most once a window. */
export function scheduleAck(ctx: StepContext): void {
  const { state, env } = ctx;
  const { sync } = state;
  if (sync.ackAt !== null) return;
  const window = ackWindow(state, env.now);
  sync.ackAt = Math.max(env.now + env.random() * window, sync.lastAckAt + window);
}

/** Grows with the group, so that a large group does not answer each message with a storm of acks. */
function ackWindow(state: ChannelState, now: number): number {
  const { ackWindowMs, ackWindowMaxMs } = state.identity.parameters;
  const group = presentParticipants(state, now).length;
  return Math.min(ackWindowMaxMs, ackWindowMs * Math.max(1, group / ACK_WINDOW_GROUP));
}

/** Own content says the same as an ack if it is now the only head; then no sync is needed. */
export function noteOwnContent(ctx: StepContext, entry: LogEntry): void {
  const { sync, heads } = ctx.state;
  sync.lastSaidConnectedMs = connectedNow(ctx.state, ctx.env.now);
  if (heads.size !== 1 || !heads.has(entry)) return;
  sync.ackAt = null;
  sync.repeatAt = [];
}

/** The connection is back: say who I am and what I have, and begin listening for differences anew. */
export function startSyncing(ctx: StepContext): void {
  const { state, env } = ctx;
  state.sync.helloAt = env.now + env.random() * ackWindow(state, env.now);
  state.sync.trickle = startTrickle(trickleParameters(state), env.now, env.random);
  state.sync.consistentSigners.clear();
}

/** Compares a live sync with our log. Ids we lack are followed; a difference makes everybody talk sooner. */
export function compareSync(ctx: StepContext, participant: Participant, claim: IncomingClaim, isNew: boolean): void {
  const { state } = ctx;
  const lacking: string[] = [];
  for (const { messageId, retrievalHint } of claim.listed) {
    if (state.entries.has(messageId) || state.embargoed.has(messageId)) continue;
    lacking.push(messageId);
    if (state.missing.size < MAX_MISSING || state.missing.has(messageId)) {
      missMessage(ctx, messageId, null, retrievalHint);
    }
  }
  const leftOut = [...state.heads].filter((head) => !participant.credits.has(head.number)).map((head) => head.id);
  if (isNew && state.participants.length <= LARGE_GROUP) state.sync.introduce = true;
  if (isNew) {
    becomeInconsistent(ctx);
    return;
  }
  if (lacking.length === 0 && leftOut.length === 0) {
    participant.lastDifference = "";
    becomeConsistent(state, participant);
    return;
  }
  // The same difference again is neutral: a member who cannot or will not catch up must not keep everybody talking.
  const difference = `${lacking.sort().join()}|${leftOut.sort().join()}`;
  if (difference === participant.lastDifference) return;
  participant.lastDifference = difference;
  becomeInconsistent(ctx);
}

/** Distinct signers only: one member repeating itself must not silence the rest. */
function becomeConsistent(state: ChannelState, participant: Participant): void {
  const { trickle, consistentSigners } = state.sync;
  if (trickle === null || participant.publicKey === null || consistentSigners.has(participant.index)) return;
  consistentSigners.add(participant.index);
  trickleConsistent(trickle);
}

function becomeInconsistent(ctx: StepContext): void {
  const { trickle } = ctx.state.sync;
  if (trickle !== null) inInterval(ctx, trickle, () => trickleInconsistent(trickle, ctx.env.now, ctx.env.random));
}

/** Signers are counted per interval: a new one begins with nobody. */
function inInterval<T>(ctx: StepContext, trickle: TrickleState, change: () => T): T {
  const intervalEnd = trickle.intervalEnd;
  const result = change();
  if (trickle.intervalEnd !== intervalEnd) ctx.state.sync.consistentSigners.clear();
  return result;
}

function trickleParameters(state: ChannelState): TrickleParameters {
  const { idleSyncMinMs, idleSyncMaxMs } = state.identity.parameters;
  return { iMinMs: idleSyncMinMs, iMaxMs: Math.max(idleSyncMinMs, idleSyncMaxMs), k: DEFAULT_REDUNDANCY };
}

/** Says what is due. Any sync says everything, so one is enough for all reasons. */
export function syncDue(ctx: StepContext): void {
  const { state, env } = ctx;
  const { sync } = state;
  if (!state.connection.online || sync.trickle === null) return;
  const hello = isDue(sync.helloAt, env.now);
  const claims = isDue(sync.ackAt, env.now) || isDue(sync.repeatAt[0] ?? null, env.now);
  // The hello is kept by the Store, so that people who are never online together still learn of its claims.
  if (hello || claims) say(ctx, { ephemeral: !hello });
  else idleDue(ctx);
}

function idleDue(ctx: StepContext): void {
  const { state, env } = ctx;
  const { sync } = state;
  const { trickle } = sync;
  if (trickle === null) return;
  const silent = connectedNow(state, env.now) - sync.lastSaidConnectedMs >= silenceFloor(state);
  if (sync.introduce || silent) trickle.heard = 0;
  const { send } = inInterval(ctx, trickle, () => fireTrickle(trickle, env.now, env.random));
  if (send) say(ctx, { ephemeral: true });
}

/** Nobody who said nothing for this long is suppressed: it is how the others know that they are there. */
function silenceFloor(state: ChannelState): number {
  return state.participants.length > LARGE_GROUP ? SILENCE_FLOOR_LARGE_GROUP_MS : SILENCE_FLOOR_MS;
}

function say(ctx: StepContext, options: { readonly ephemeral: boolean }): void {
  const { state, env } = ctx;
  const { sync } = state;
  if (sync.ackAt !== null) {
    sync.ackAt = null;
    sync.lastAckAt = env.now;
    sync.repeatAt = CLAIM_REPEAT_MS.map((delay) => env.now + delay * (1 + REPEAT_JITTER * env.random()));
  }
  sync.repeatAt = sync.repeatAt.filter((at) => at > env.now);
  sync.helloAt = null;
  sync.introduce = false;
  sync.lastSaidConnectedMs = connectedNow(state, env.now);
  const lamport = nextSyncLamport(ctx);
  // The commits that hold what it lists must be on disk before it leaves.
  ctx.durability = "strict";
  ctx.effects.push({
    kind: "send-sync",
    sync: {
      messageId: asMessageId(lamport.toString(36)),
      lamport,
      causalHistory: chooseSyncHistory(state, env),
      completeSince: completeSince(state),
      bloomFilter: state.bloom?.toBytes(),
      ephemeral: options.ephemeral,
    },
  });
}

function nextSyncLamport(ctx: StepContext): number {
  const { sync } = ctx.state;
  sync.lastSyncLamport = tickLamport(sync.lastSyncLamport, ctx.env.now);
  if (sync.lastSyncLamport >= sync.reservedLamport) {
    sync.reservedLamport = sync.lastSyncLamport + LAMPORT_BLOCK_MS;
    ctx.changes.push({ op: "meta", key: "lamportReserved", value: sync.reservedLamport });
  }
  return sync.lastSyncLamport;
}

function isDue(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}

export function nextSyncAt(state: ChannelState): number {
  const { sync } = state;
  if (!state.connection.online || sync.trickle === null) return Number.POSITIVE_INFINITY;
  const planned = [sync.helloAt, sync.ackAt, sync.repeatAt[0] ?? null].filter((at) => at !== null);
  return Math.min(nextTrickleAt(sync.trickle), ...planned);
}
