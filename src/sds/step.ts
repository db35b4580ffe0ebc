import { takeToken } from "./budget/budget.ts";
import type { ChannelContext, ChannelState } from "./channel-state.ts";
import { tickLamport } from "./clock/lamport-clock.ts";
import { saveConnectedTime } from "./clock/save-connected-time.ts";
import { clockCorrected, noticeClock } from "./clock-set.ts";
import { composedAnew, neverLeft, withdraw } from "./compose/compose-anew.ts";
import { composed } from "./compose/composed.ts";
import { setConnection } from "./connection.ts";
import { chooseParents, nameable } from "./evidence/causal-history.ts";
import { beginEffort } from "./evidence/evidence.ts";
import { completeSince, fetchAgain } from "./holes/holes.ts";
import { settleJoinPoint } from "./holes/join-point.ts";
import type { Effect, Preparation } from "./io/effect.ts";
import { createStepContext, type Environment } from "./io/step-context.ts";
import type { StepInput } from "./io/step-input.ts";
import { settleAhead } from "./log/ahead.ts";
import { referenceOf } from "./log/log-entry.ts";
import { markRead } from "./log/unread.ts";
import { attemptResult, sendAgain, stopSending } from "./outbox/outbox.ts";
import { saveTouched } from "./participants/touched.ts";
import { noteHistoryRead } from "./receive/history-cursors.ts";
import { receiveClaim } from "./receive/receive-claim.ts";
import { receiveContent, seenAgain } from "./receive/receive-content.ts";
import { receiveSync } from "./receive/receive-sync.ts";
import { runSchedules } from "./schedules.ts";
import { checkpointResult } from "./sync/sync.ts";
import { resetSyncClock } from "./sync/sync-clock.ts";

/**
 * One step of the protocol: takes what happened, changes the state in place, and says as data what is to be done. It
 * has no clock, no randomness and no I/O of its own, so the same state, input and environment give the same effects.
 */
export function step(state: ChannelState, input: StepInput, env: Environment): Effect[] {
  const ctx = createStepContext(state, env);
  const rowsBefore = state.ledger.seq;
  beginEffort(state);
  if (input.kind === "clock-corrected") clockCorrected(ctx, input.correctionMs);
  else noticeClock(ctx);
  settleJoinPoint(ctx);
  // Whether or not anything was written since the clock was set: syncs were said.
  resetSyncClock(ctx);
  settleAhead(ctx);
  handle(ctx, input);
  if (!isReceipt(input)) runSchedules(ctx);
  return finish(ctx, rowsBefore);
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
    //= protocol: ID-3, COMPOSE-5
    authorSeq: state.log.authorSeq + 1,
    lamport: tickLamport(state.clock.lamport, env.now),
    parents: chooseParents(nameable(state), env).map(referenceOf),
    completeSince: completeSince(state),
    //= protocol: PROFILE-6
    bloomFilter: state.evidence.ownFilter?.toBytes(),
  };
}

function handle(ctx: ChannelContext, input: StepInput): void {
  switch (input.kind) {
    case "receive-content":
      receiveContent(ctx, input);
      return;
    case "receive-sync":
      receiveSync(ctx, input.claim, input.source, input.waitedMs);
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
      //= protocol: ANEW-2
      if (neverLeft(ctx.state, input.id)) withdraw(ctx, input.id);
      else stopSending(ctx, input.id);
      return;
    case "fetch-again":
      fetchAgain(ctx, input.id);
      return;
    case "history-read":
      noteHistoryRead(ctx, input.source, input.cursor);
      return;
    case "marked-read":
      markRead(ctx, input.lamport);
      return;
    case "clock-corrected":
    case "wake":
      return;
  }
}

function finish(ctx: ChannelContext, rowsBefore: number): Effect[] {
  const { state, changes } = ctx;
  saveTouched(ctx);
  if (state.ledger.seq > rowsBefore) {
    changes.push({ op: "meta", key: "ledgerSeq", value: state.ledger.seq });
  }
  saveConnectedTime(ctx);
  // A barrier may have nothing of its own to write; it still waits for what was written before.
  if (changes.length === 0 && ctx.durability === "relaxed") return ctx.effects;
  return [{ kind: "commit", changes, durability: ctx.durability }, ...ctx.effects];
}
