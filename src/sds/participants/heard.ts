import { isAhead } from "../clock/lamport-clock.ts";
import type { AuthorNumbers } from "../collections/author-numbers.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import { ownParticipant } from "./own.ts";
import type { Participant } from "./participant.ts";

/**
 * Newer than the last one acted on, and noted as that. A sync from another day is no wish of today: replaying it must not
 * make the group talk. One from beyond the limit comes from a clock that is wrong, ours or theirs, and they may need
 * repairs all the same; it is counted apart, or all later syncs by a clock that was set right would look old.
 */
export function isNewestSync(participant: Participant, lamport: number, now: number): boolean {
  //= protocol: PRESENCE-4
  if (lamport < now - HORIZON_MS) return false;
  //= protocol: PRESENCE-5
  const last = isAhead(lamport, now) ? "lastAheadLamport" : "lastClaimLamport";
  if (lamport <= participant[last]) return false;
  ownParticipant(participant)[last] = lamport;
  return true;
}

/** The difference between their last sync and our log; null: there was none. */
export function noteDifference(participant: Participant, difference: number | null): void {
  ownParticipant(participant).lastDifference = difference;
}

/** A signed message of theirs is held under this number. True when they had used it before, which is counted. */
export function isNumberUsedTwice(author: Participant, authorSeq: number): boolean {
  if ((author.numbers as AuthorNumbers).add(authorSeq)) return false;
  ownParticipant(author).equivocations++;
  return true;
}
