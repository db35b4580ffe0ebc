import { trickleConsistent, trickleInconsistent } from "../clock/trickle.ts";
import { hasLeft } from "../evidence/causal-history.ts";
import { isKnownName } from "../evidence/known-names.ts";
import { missMessage } from "../holes/holes.ts";
import { isDoubted, planAsking } from "../holes/missing-schedule.ts";
import { makeRoomToFollow, putIntoShare } from "../holes/shares.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { LARGE_GROUP } from "../parameters/parameters.ts";
import { noteDifference } from "../participants/heard.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import { differenceOf } from "./difference.ts";
import { inInterval, ownSync } from "./own.ts";
import type { SyncAndBelow, SyncContext } from "./sync-state.ts";

/** Compares a live sync with our log; of what waits here for its time nothing is listed any more. Ids we lack are followed; a difference makes everybody talk sooner. */
export function compareSync(ctx: SyncContext, participant: Participant, claim: IncomingClaim, isNew: boolean): void {
  const { state } = ctx;
  const lacking: MessageId[] = [];
  const doubted = isDoubted(participant);
  for (const { messageId, retrievalHint } of claim.listed) {
    if (state.log.entries.has(messageId)) continue;
    if (state.holes.belowWatermark.has(messageId)) continue;
    //= protocol: TRICKLE-1
    lacking.push(messageId);
    //= protocol: TRICKLE-6
    followNamed(ctx, participant, messageId, retrievalHint);
  }
  const leftOut = headsLeftOut(state, participant);
  //= protocol: TRICKLE-4
  if (isNew && state.participants.all.length <= LARGE_GROUP) ownSync(state).introduce = true;
  if (isNew) {
    becomeInconsistent(ctx);
    return;
  }
  if (lacking.length === 0 && leftOut.length === 0) {
    noteDifference(participant, null);
    becomeConsistent(state, participant);
    return;
  }
  // The same difference again is neutral: a member who cannot or will not catch up must not keep everybody talking.
  const difference = differenceOf(lacking, leftOut);
  //= protocol: TRICKLE-3
  if (difference === participant.lastDifference) return;
  noteDifference(participant, difference);
  // Nor may one who names what does not exist, a new list each time.
  //= protocol: TRICKLE-3, REPAIR-6
  if (doubted && leftOut.length === 0) return;
  becomeInconsistent(ctx);
}

/** An author has its own messages, also those that it deleted and does not name any more. */
function headsLeftOut(state: SyncAndBelow, participant: Participant): LogEntry[] {
  const leftOut: LogEntry[] = [];
  for (const head of state.log.heads) {
    //= protocol: TRICKLE-1
    if (head.author === participant || participant.credits.has(head.number)) continue;
    // Others may have forgotten it, as we have all around it.
    if (head.lamport < state.holes.watermark) continue;
    // Nor are these named by everybody.
    if (hasLeft(state, head) && !isKnownName(state, head)) leftOut.push(head);
  }
  return leftOut;
}

/** Who names ids that never turn up uses up their own share, and nobody else's. */
function followNamed(ctx: SyncContext, participant: Participant, id: MessageId, hint: Uint8Array | undefined): void {
  const { state } = ctx;
  const isNew = !state.holes.missing.has(id);
  if (isNew && !makeRoomToFollow(state, participant)) return;
  const followed = missMessage(ctx, id, { by: participant.index, lamport: null, hint });
  if (isNew) putIntoShare(state, followed, participant);
  planAsking(state, followed);
}

/** Distinct signers only: one member repeating itself must not silence the rest. */
function becomeConsistent(state: SyncAndBelow, participant: Participant): void {
  const { trickle, consistentSigners } = ownSync(state);
  //= protocol: TRICKLE-2
  if (trickle === null || participant.publicKey === null || consistentSigners.has(participant.index)) return;
  consistentSigners.add(participant.index);
  trickleConsistent(trickle);
}

function becomeInconsistent(ctx: SyncContext): void {
  const { trickle } = ownSync(ctx.state);
  if (trickle !== null) inInterval(ctx.state, trickle, () => trickleInconsistent(trickle, ctx.env.now, ctx.env.random));
}
