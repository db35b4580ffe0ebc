import type { ChannelState, StepContext } from "../channel-state.ts";
import { trickleConsistent, trickleInconsistent } from "../clock/trickle.ts";
import { hasLeft } from "../evidence/causal-history.ts";
import { missMessage } from "../holes/holes.ts";
import { isDoubted, planAsking } from "../holes/missing-schedule.ts";
import { makeRoomToFollow, putIntoShare } from "../holes/shares.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { LARGE_GROUP } from "../parameters/parameters.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import { differenceOf } from "./difference.ts";
import { inInterval } from "./sync-schedule.ts";

/** Compares a live sync with our log. Ids we lack are followed; a difference makes everybody talk sooner. */
export function compareSync(ctx: StepContext, participant: Participant, claim: IncomingClaim, isNew: boolean): void {
  const { state } = ctx;
  const lacking: MessageId[] = [];
  const doubted = isDoubted(participant);
  for (const { messageId, retrievalHint } of claim.listed) {
    if (state.entries.has(messageId) || state.embargoed.has(messageId)) continue;
    if (state.belowWatermark.has(messageId)) continue;
    lacking.push(messageId);
    followNamed(ctx, participant, messageId, retrievalHint);
  }
  const leftOut = headsLeftOut(state, participant);
  if (isNew && state.participants.length <= LARGE_GROUP) state.sync.introduce = true;
  if (isNew) {
    becomeInconsistent(ctx);
    return;
  }
  if (lacking.length === 0 && leftOut.length === 0) {
    participant.lastDifference = null;
    becomeConsistent(state, participant);
    return;
  }
  // The same difference again is neutral: a member who cannot or will not catch up must not keep everybody talking.
  const difference = differenceOf(lacking, leftOut);
  if (difference === participant.lastDifference) return;
  participant.lastDifference = difference;
  // Nor may one who names what does not exist, a new list each time.
  if (doubted && leftOut.length === 0) return;
  becomeInconsistent(ctx);
}

/** An author has its own messages, also those that it deleted and does not name any more. */
function headsLeftOut(state: ChannelState, participant: Participant): LogEntry[] {
  const leftOut: LogEntry[] = [];
  for (const head of state.heads) {
    if (head.author === participant || participant.credits.has(head.number)) continue;
    // Others may have forgotten it, as we have all around it.
    if (head.lamport < state.watermark) continue;
    if (hasLeft(state, head)) leftOut.push(head);
  }
  return leftOut;
}

/** Who names ids that never turn up uses up their own share, and nobody else's. */
function followNamed(ctx: StepContext, participant: Participant, id: MessageId, hint: Uint8Array | undefined): void {
  const { state } = ctx;
  const isNew = !state.missing.has(id);
  if (isNew && !makeRoomToFollow(state, participant)) return;
  const followed = missMessage(ctx, id, { by: participant.index, lamport: null, hint });
  if (isNew) putIntoShare(state, followed, participant);
  planAsking(state, followed);
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
  if (trickle !== null)
    inInterval(ctx.state.sync, trickle, () => trickleInconsistent(trickle, ctx.env.now, ctx.env.random));
}
