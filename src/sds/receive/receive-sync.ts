import type { StepContext } from "../channel-state.ts";
import { isEmbargoed } from "../clock/lamport-clock.ts";
import { applyClaim } from "../evidence/evidence.ts";
import { noteFilter } from "../evidence/received-filter.ts";
import type { IncomingClaim, Source } from "../io/step-input.ts";
import { resendStoredTo } from "../outbox/outbox.ts";
import { MAX_STRANGERS } from "../parameters/limits.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import type { Participant } from "../participants/participant.ts";
import { hearSync, meet } from "../participants/presence.ts";
import { hearRequests } from "../repair/repair.ts";
import { hearReceiptRequest } from "../sync/receipts.ts";
import { scheduleAnswer } from "../sync/sync.ts";
import { compareSync } from "../sync/sync-comparison.ts";

/**
 * A sync arrived. Its claims count whenever it was said; presence and what it makes us do count once, only for the
 * newest of a sender, so that a replayed sync moves nothing. Its Lamport timestamp is never merged.
 */
export function receiveSync(ctx: StepContext, claim: IncomingClaim, source: Source): void {
  const { state } = ctx;
  if (claim.sender === state.identity.self) return;
  if (!claim.signed && state.identity.profile === "community") {
    ctx.effects.push({ kind: "reject", reason: "unsigned" });
    return;
  }
  const isNew = !state.participantById.has(claim.sender);
  // Whoever is meant to be here writes: a name comes first. So nobody who did has to give way.
  if (isNew && state.strangers.size >= MAX_STRANGERS) {
    ctx.effects.push({ kind: "reject", reason: "strangers-full" });
    return;
  }
  const participant = meet(ctx, claim.sender, claim.publicKey);
  applyClaim(ctx, participant, claim);
  noteFilter(ctx, participant, claim);
  if (!isNewest(participant, claim.lamport, ctx.env.now)) return;
  ctx.touchedParticipants.add(participant);
  hearSync(ctx, participant, source, claim.lamport);
  if (source !== "live") return;
  resendStoredTo(ctx, participant);
  compareSync(ctx, participant, claim, isNew);
  if (claim.signed) hearWishes(ctx, participant, claim);
}

/**
 * Newer than the last one acted on, and noted as that. A sync from another day is no wish of today: replaying it must not
 * make the group talk. One from beyond the limit comes from a clock that is wrong, ours or theirs, and they may need
 * repairs all the same; it is counted apart, or all later syncs by a clock that was set right would look old.
 */
function isNewest(participant: Participant, lamport: number, now: number): boolean {
  if (lamport < now - HORIZON_MS) return false;
  const last = isEmbargoed(lamport, now) ? "lastAheadLamport" : "lastClaimLamport";
  if (lamport <= participant[last]) return false;
  participant[last] = lamport;
  return true;
}

/** What the sender asks of the group: messages that it misses, and receipts for its own. */
function hearWishes(ctx: StepContext, participant: Participant, claim: IncomingClaim): void {
  const { state } = ctx;
  hearRequests(ctx, participant, claim.repairRequests, claim.completeSince);
  if (claim.receiptsWantedFrom === null) return;
  const asked = claim.listed.flatMap(({ messageId }) => state.entries.get(messageId) ?? []);
  const own = asked.filter((entry) => entry.author === participant);
  if (hearReceiptRequest(state, claim.receiptsWantedFrom, own)) scheduleAnswer(ctx);
}
