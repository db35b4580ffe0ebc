import { type ChannelState, type Environment, type StepContext, wallTimeOf } from "./channel-state.ts";
import { nextSaveAt, saveConnectedTime } from "./clock/connected-time.ts";
import { tickLamport } from "./clock/lamport-clock.ts";
import { clockCorrected, noticeClock } from "./clock-set.ts";
import { composedAnew, composeStaleAnew, neverLeft, withdraw } from "./compose/compose-anew.ts";
import { setConnection } from "./connection.ts";
import { chooseParents, nameable } from "./evidence/causal-history.ts";
import { createEffort } from "./evidence/claim-walk.ts";
import { continueWalks } from "./evidence/evidence.ts";
import { completeSince, fetchAgain, fetchMissing } from "./holes/holes.ts";
import { settleJoinPoint } from "./holes/join-point.ts";
import { nextFetchAt } from "./holes/missing-schedule.ts";
import type { Effect, Preparation } from "./io/effect.ts";
import type { StepInput } from "./io/step-input.ts";
import { nextAheadAt, settleAhead } from "./log/ahead.ts";
import { referenceOf } from "./log/log-entry.ts";
import { markRead } from "./log/unread.ts";
import { takeToken } from "./outbox/budget.ts";
import { attemptResult, enqueue, nextOutboxAt, sendAgain, sendDue, stopSending } from "./outbox/outbox.ts";
import { LAMPORT_EMBARGO_MS, WAKE_EVERY_MS } from "./parameters/parameters.ts";
import { participantRecordOf } from "./participants/participant.ts";
import { applyProfileName } from "./participants/presence.ts";
import { admit, deliverPastLost } from "./receive/causal-delivery.ts";
import { cursorToKeep, releaseEmbargoed } from "./receive/embargo.ts";
import { receiveClaim } from "./receive/receive-claim.ts";
import { createEntry, receiveContent, seenAgain } from "./receive/receive-content.ts";
import { receiveSync } from "./receive/receive-sync.ts";
import { answerDue, nextAnswerAt } from "./repair/repair.ts";
import { checkpointResult, nextSyncAt, noteOwnContent, syncDue } from "./sync/sync.ts";

/**
 * One step of the protocol: takes what happened, changes the state in place, and says as data what is to be done. It
 * has no clock, no randomness and no I/O of its own, so the same state, input and environment give the same effects.
 */
export function step(state: ChannelState, input: StepInput, env: Environment): Effect[] {
  const ctx: StepContext = {
    state,
    env,
    changes: [],
    effects: [],
    touchedParticipants: new Set(),
    effort: createEffort(),
    durability: "relaxed",
  };
  if (input.kind === "clock-corrected") clockCorrected(ctx, input.byMs);
  else noticeClock(ctx);
  settleJoinPoint(ctx);
  settleAhead(ctx);
  handle(ctx, input);
  if (!isReceipt(input)) runSchedules(ctx);
  return finish(ctx);
}

/** Receiving plans things and leaves them to the `wake` it asks for, so that a flood of messages costs no more. */
function isReceipt(input: StepInput): boolean {
  switch (input.kind) {
    case "receive-content":
    case "receive-sync":
    case "receive-claim":
    case "seen-again":
      return true;
    default:
      return false;
  }
}

/**
 * What the next own message is to be made of. Changes nothing: the sequence number is taken when it comes back
 * `composed`, so a signature that fails or a message that turns out too large leaves no gap.
 */
export function prepare(state: ChannelState, env: Environment): Preparation {
  return {
    authorSeq: state.authorSeq + 1,
    lamport: tickLamport(state.lamport, env.now),
    parents: chooseParents(nameable(state), env).map(referenceOf),
    completeSince: completeSince(state),
    bloomFilter: state.bloom?.toBytes(),
  };
}

/** Wall time at which the channel wants a `wake`; Infinity when nothing is planned. */
export function nextWakeAt(state: ChannelState, now: number): number {
  // Longer pauses than this tell of a sleep, which is no connected time.
  const latest = state.connection.online ? state.lastNow + WAKE_EVERY_MS : Number.POSITIVE_INFINITY;
  return Math.min(latest, nextPlanAt(state, now));
}

function nextPlanAt(state: ChannelState, now: number): number {
  if (state.unfinishedWalks.size > 0) return now;
  let next = Math.min(nextOutboxAt(state, now), nextFetchAt(state), nextSyncAt(state), nextAnswerAt(state));
  next = Math.min(next, nextAheadAt(state), nextSaveAt(state, now));
  next = Math.min(next, wallTimeOf(state, now, state.buffered.nextDeadline()));
  for (const { content } of state.embargoed.values()) next = Math.min(next, content.lamport - LAMPORT_EMBARGO_MS);
  return next;
}

function handle(ctx: StepContext, input: StepInput): void {
  switch (input.kind) {
    case "receive-content":
      receiveContent(ctx, input);
      return;
    case "receive-sync":
      receiveSync(ctx, input.claim, input.source);
      return;
    case "receive-claim":
      receiveClaim(ctx, input);
      return;
    case "seen-again":
      seenAgain(ctx, input);
      return;
    case "composed":
      composed(ctx, input);
      return;
    case "withdraw":
      withdraw(ctx, input.id);
      return;
    case "composed-anew":
      composedAnew(ctx, input.ids, input.contents);
      return;
    case "attempt-result":
      attemptResult(ctx, input);
      return;
    case "checkpoint-result":
      checkpointResult(ctx, input.kept);
      return;
    case "ephemeral-leaves":
      takeToken(ctx, "content");
      return;
    case "connection":
      setConnection(ctx, input.online);
      return;
    case "send-again":
      sendAgain(ctx, input.id);
      return;
    case "stop-sending":
      // Stopped before it left it would be a gap to others, or reach them by repair after all.
      if (neverLeft(ctx.state, input.id)) withdraw(ctx, input.id);
      else stopSending(ctx, input.id);
      return;
    case "fetch-again":
      fetchAgain(ctx, input.id);
      return;
    case "history-read":
      ctx.state.historyCursor = input.cursor;
      ctx.changes.push({ op: "meta", key: "historyCursor", value: cursorToKeep(ctx.state, ctx.env.now) });
      return;
    case "marked-read":
      markRead(ctx, input.lamport);
      return;
    case "clock-corrected":
    case "wake":
      return;
  }
}

/** An own message is accepted: it is part of the log at once, and durable before anybody is told so. */
function composed(ctx: StepContext, input: Extract<StepInput, { kind: "composed" }>): void {
  const { state } = ctx;
  const { content, requestId, levelPercent = null } = input;
  ctx.durability = "strict";
  state.lamport = Math.max(state.lamport, content.lamport);
  state.authorSeq = Math.max(state.authorSeq, content.authorSeq ?? 0);
  ctx.changes.push({ op: "meta", key: "lamport", value: state.lamport });
  ctx.changes.push({ op: "meta", key: "authorSeq", value: state.authorSeq });
  ctx.changes.push({ op: "put", table: "body", record: { id: content.id, bytes: content.bytes } });
  const entry = createEntry(ctx, content, undefined);
  entry.trailerHolds = true;
  admit(ctx, entry);
  state.lastOwn = entry;
  enqueue(ctx, entry, { requestId, levelPercent });
  noteOwnContent(ctx, entry);
  if (content.profileName !== null) applyProfileName(ctx, entry.author, content.profileName, content.lamport);
}

function runSchedules(ctx: StepContext): void {
  continueWalks(ctx);
  releaseEmbargoed(ctx, receiveContent);
  deliverPastLost(ctx);
  fetchMissing(ctx);
  composeStaleAnew(ctx);
  sendDue(ctx);
  answerDue(ctx);
  syncDue(ctx);
}

function finish(ctx: StepContext): Effect[] {
  const { state, changes } = ctx;
  for (const participant of ctx.touchedParticipants) {
    changes.push({ op: "put", table: "participant", record: participantRecordOf(participant) });
  }
  if (changes.some((change) => change.op === "put" && change.table === "ledger")) {
    changes.push({ op: "meta", key: "ledgerSeq", value: state.ledgerSeq });
  }
  saveConnectedTime(ctx);
  // A barrier may have nothing of its own to write; it still waits for what was written before.
  if (changes.length === 0 && ctx.durability === "relaxed") return ctx.effects;
  return [{ kind: "commit", changes, durability: ctx.durability }, ...ctx.effects];
}
