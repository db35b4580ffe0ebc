import { applyClaim } from "../evidence/evidence.ts";
import { noteFilter } from "../evidence/received-filter.ts";
import type { IncomingClaim, Source } from "../io/step-input.ts";
import { resendStoredTo } from "../outbox/outbox.ts";
import { MAX_STRANGERS } from "../parameters/limits.ts";
import { isNewestSync } from "../participants/heard.ts";
import type { Participant } from "../participants/participant.ts";
import { hearSync, meet } from "../participants/presence.ts";
import { touch } from "../participants/touched.ts";
import { hearRequests } from "../repair/repair.ts";
import { hearReceiptRequest } from "../sync/receipts.ts";
import { scheduleAnswer } from "../sync/sync.ts";
import { compareSync } from "../sync/sync-comparison.ts";
import { withoutEmbargoed } from "./embargo.ts";
import type { ReceiveContext } from "./receive-state.ts";

/**
 * A sync arrived. Its claims count whenever it was said; presence and what it makes us do count once, only for the
 * newest of a sender, so that a replayed sync moves nothing. Its Lamport timestamp is never merged.
 */
export function receiveSync(ctx: ReceiveContext, claim: IncomingClaim, source: Source, waitedMs = 0): void {
  const { state } = ctx;
  if (claim.sender === state.identity.self) return;
  if (!claim.signed && state.identity.profile === "community") {
    ctx.effects.push({ kind: "reject", reason: "unsigned" });
    return;
  }
  const isNew = !state.participants.byId.has(claim.sender);
  // Whoever is meant to be here writes: a name comes first. So nobody who did has to give way.
  //= protocol: LIMIT-8
  if (isNew && state.participants.strangers.size >= MAX_STRANGERS) {
    ctx.effects.push({ kind: "reject", reason: "strangers-full" });
    return;
  }
  const participant = meet(ctx, claim.sender, claim.publicKey);
  //= protocol: TIME-3, CLAIM-6
  applyClaim(ctx, participant, claim);
  noteFilter(ctx, participant, claim);
  //= protocol: PRESENCE-4
  if (!isNewestSync(participant, claim.lamport, ctx.env.now)) return;
  touch(state, participant);
  hearSync(ctx, participant, source, claim.lamport);
  //= protocol: REPAIR-11
  if (source !== "live") return;
  resendStoredTo(ctx, participant);
  compareSync(ctx, participant, withoutEmbargoed(state, claim), isNew);
  //= protocol: REPAIR-11, PROFILE-5
  if (claim.signed) hearWishes(ctx, participant, claim, ctx.env.now - Math.max(0, waitedMs));
}

/** What the sender asks of the group: messages that it misses, and receipts for its own. `at`: when it came to this device. */
function hearWishes(ctx: ReceiveContext, participant: Participant, claim: IncomingClaim, at: number): void {
  const { state } = ctx;
  hearRequests(ctx, participant, { requests: claim.repairRequests, completeSince: claim.completeSince, at });
  //= protocol: RECEIPT-5
  if (claim.receiptsWantedFrom === null) return;
  const asked = claim.listed.flatMap(({ messageId }) => state.log.entries.get(messageId) ?? []);
  const own = asked.filter((entry) => entry.author === participant);
  if (hearReceiptRequest(state, claim.receiptsWantedFrom, own)) scheduleAnswer(ctx, at);
}
