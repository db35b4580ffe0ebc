import type { StepContext } from "./channel-state.ts";
import { applyClaim } from "./evidence.ts";
import { resendStoredTo } from "./outbox.ts";
import { HORIZON_MS, LAMPORT_EMBARGO_MS } from "./parameters.ts";
import type { Participant } from "./participant.ts";
import { hearSync, meet } from "./presence.ts";
import { hearReceiptRequest } from "./receipts.ts";
import { noteFilter } from "./received-filter.ts";
import { hearRequests } from "./repair.ts";
import type { IncomingClaim, Source } from "./step-input.ts";
import { compareSync, scheduleAnswer } from "./sync.ts";

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
  const participant = meet(ctx, claim.sender, claim.publicKey);
  applyClaim(ctx, participant, claim);
  noteFilter(ctx, participant, claim);
  // A timestamp from beyond the limit, kept as the newest, would make all later syncs of this sender look old.
  if (claim.lamport <= participant.lastClaimLamport || !isTimely(claim.lamport, ctx.env.now)) return;
  participant.lastClaimLamport = claim.lamport;
  hearSync(ctx, participant, source, claim.lamport);
  if (source !== "live") return;
  resendStoredTo(ctx, participant);
  compareSync(ctx, participant, claim, isNew);
  if (claim.signed) hearWishes(ctx, participant, claim);
}

/** A sync from another day is no wish of today: replaying it must not make the group talk. */
function isTimely(lamport: number, now: number): boolean {
  return lamport >= now - HORIZON_MS && lamport <= now + LAMPORT_EMBARGO_MS;
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
