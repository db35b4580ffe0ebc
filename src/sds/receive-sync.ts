import type { StepContext } from "./channel-state.ts";
import { applyClaim } from "./evidence.ts";
import { hear, meet } from "./presence.ts";
import type { IncomingClaim, Source } from "./step-input.ts";
import { compareSync } from "./sync.ts";

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
  if (claim.lamport <= participant.lastClaimLamport) return;
  participant.lastClaimLamport = claim.lamport;
  hear(ctx, participant, source, claim.lamport);
  compareSync(ctx, participant, claim, isNew && source === "live");
}
