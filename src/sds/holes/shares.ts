import { MAX_FOLLOWED, MAX_FOLLOWED_PER_PARTICIPANT } from "../parameters/limits.ts";
import { awaitId, awaitNoMore } from "../participants/followers.ts";
import type { Participant } from "../participants/participant.ts";
import type { HolesAndBelow } from "./holes-state.ts";
import type { MissingMessage } from "./missing-message.ts";
import { isDoubted, planAsking } from "./missing-schedule.ts";
import { ownHoles, ownMissing } from "./own.ts";

/**
 * Whose word made us look for a missing message. A member can name any number of ids that do not exist: they use up that
 * member's share, and nobody else's.
 */

/** Room for one more id that only this participant's syncs name. When all is taken, the largest share gives way. */
export function makeRoomToFollow(state: HolesAndBelow, participant: Participant): boolean {
  //= protocol: HOLE-5
  if (participant.followed.size >= MAX_FOLLOWED_PER_PARTICIPANT) return false;
  if (ownHoles(state).queues.followers.total < MAX_FOLLOWED) return true;
  const largest = ownHoles(state).queues.followers.largest();
  if (largest === undefined || largest.followed.size <= participant.followed.size + 1) return false;
  const [oldest] = largest.followed;
  const given = oldest === undefined ? undefined : state.holes.missing.get(oldest);
  if (given !== undefined) forgetMissing(state, given);
  return true;
}

/** How many ids are in shares because only syncs name them, as they are counted. */
export function followedInAll(state: HolesAndBelow): number {
  return ownHoles(state).queues.followers.total;
}

/** Somebody names it, and nobody did before. */
export function putIntoShare(state: HolesAndBelow, missing: MissingMessage, participant: Participant): void {
  ownMissing(missing).inShareOf = participant;
  changeShare(state, participant, () => {
    if (isAwaited(missing)) awaitId(participant, missing.id);
    else ownHoles(state).queues.followers.add(participant, missing.id);
  });
}

/** A message names it: it is waited for, and not forgotten. */
export function nowAwaited(state: HolesAndBelow, missing: MissingMessage, author: Participant): void {
  const { inShareOf } = missing;
  if (inShareOf === null) {
    putIntoShare(state, missing, author);
    return;
  }
  changeShare(state, inShareOf, () => {
    if (ownHoles(state).queues.followers.delete(inShareOf, missing.id)) awaitId(inShareOf, missing.id);
  });
}

export function forgetMissing(state: HolesAndBelow, missing: MissingMessage): void {
  ownHoles(state).missing.delete(missing.id);
  const { inShareOf } = missing;
  if (inShareOf === null) return;
  changeShare(state, inShareOf, () => {
    if (isAwaited(missing)) awaitNoMore(inShareOf, missing.id);
    else ownHoles(state).queues.followers.delete(inShareOf, missing.id);
  });
}

/** Whether what a participant named is worth syncs of its own depends on how much there is of it. */
function changeShare(state: HolesAndBelow, participant: Participant, change: () => void): void {
  const wasDoubted = isDoubted(participant);
  change();
  if (wasDoubted === isDoubted(participant)) return;
  //= protocol: REPAIR-4
  for (const id of [...participant.followed, ...participant.awaited]) {
    const other = state.holes.missing.get(id);
    if (other !== undefined) planAsking(state, other);
  }
}

/** Messages name it, not only syncs. */
function isAwaited({ children }: MissingMessage): boolean {
  return children.length > 0;
}
