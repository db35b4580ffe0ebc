import type { Credits } from "../collections/credits.ts";
import type { MessageId } from "../wire/ids.ts";
import type { KeptClaims, Need } from "./kept-claims.ts";
import { ownParticipant } from "./own.ts";
import type { Participant, ReceivedFilter } from "./participant.ts";

/** What the words of a participant prove is found by the room "evidence", and kept with the participant by these. */

/** They have this entry, and what is signed below it from `completeSince` on. Infinity: the entry alone. */
export function credit(participant: Participant, entryNumber: number, completeSince: number): void {
  //= protocol: CLAIM-6
  (participant.credits as Credits).credit(entryNumber, completeSince);
}

/** What they are known to have, to write to: for a start, which goes through all of it. */
export function creditsOf({ credits }: Participant): Credits {
  return credits as Credits;
}

/** Keeps a claim over restarts. An unsigned word counts for nothing, so it is not worth writing down. */
export function keepClaim(participant: Participant, id: MessageId, completeSince: number, need: Need): void {
  //= protocol: CLAIM-8
  if (participant.publicKey !== null) claimsOf(participant).keep(id, completeSince, need);
}

export function dropClaim(participant: Participant, id: MessageId): void {
  claimsOf(participant).drop(id);
}

/** A claim that was put off was followed to its end. */
export function decideClaim(participant: Participant, id: MessageId, completeSince: number, need: Need): void {
  claimsOf(participant).decide(id, completeSince, need);
}

/** Drops a claim of `id` that one with this `completeSince` walked over. True if that one is needed in its place. */
export function dropProvenClaim(participant: Participant, id: MessageId, completeSince: number): boolean {
  return claimsOf(participant).dropProven(id, completeSince);
}

/** One more claim, or one less, waits for an id that is not held. */
export function countUnresolved(participant: Participant, by: 1 | -1): void {
  ownParticipant(participant).unresolvedClaims += by;
}

/** One more walk, or one less, is still to be followed. */
export function countUnfinished(participant: Participant, by: 1 | -1): void {
  ownParticipant(participant).unfinishedWalks += by;
}

export function keepFilter(participant: Participant, filter: ReceivedFilter | null): void {
  ownParticipant(participant).filter = filter;
}

function claimsOf({ claims }: Participant): KeptClaims {
  return claims as KeptClaims;
}
