import type { ChannelState } from "../channel-state.ts";
import { MAX_FOLLOWED, MAX_FOLLOWED_PER_PARTICIPANT } from "../parameters/limits.ts";
import type { Participant } from "../participants/participant.ts";
import type { MissingMessage } from "./missing-message.ts";
import { isDoubted, planAsking } from "./missing-schedule.ts";

/**
 * Whose word made us look for a missing message. A member can name any number of ids that do not exist: they use up that
 * member's share, and nobody else's.
 */

/** Room for one more id that only this participant's syncs name. When all is taken, the largest share gives way. */
export function makeRoomToFollow(state: ChannelState, participant: Participant): boolean {
  if (participant.followed.size >= MAX_FOLLOWED_PER_PARTICIPANT) return false;
  if (state.followers.total < MAX_FOLLOWED) return true;
  const largest = state.followers.largest();
  if (largest === undefined || largest.followed.size <= participant.followed.size + 1) return false;
  const [oldest] = largest.followed;
  const given = oldest === undefined ? undefined : state.missing.get(oldest);
  if (given !== undefined) forgetMissing(state, given);
  return true;
}

/** Somebody names it, and nobody did before. */
export function putIntoShare({ followers }: ChannelState, missing: MissingMessage, participant: Participant): void {
  missing.inShareOf = participant;
  if (isAwaited(missing)) participant.awaited.add(missing.id);
  else followers.add(participant, missing.id);
}

/** A message names it: it is waited for, and not forgotten. */
export function nowAwaited(state: ChannelState, missing: MissingMessage, author: Participant): void {
  const { inShareOf } = missing;
  if (inShareOf === null) putIntoShare(state, missing, author);
  else if (state.followers.delete(inShareOf, missing.id)) inShareOf.awaited.add(missing.id);
}

export function forgetMissing(state: ChannelState, missing: MissingMessage): void {
  state.missing.delete(missing.id);
  const { inShareOf } = missing;
  if (inShareOf === null) return;
  const wasDoubted = isDoubted(inShareOf);
  if (isAwaited(missing)) inShareOf.awaited.delete(missing.id);
  else state.followers.delete(inShareOf, missing.id);
  if (!wasDoubted || isDoubted(inShareOf)) return;
  // What else this participant named is worth a sync of its own again.
  for (const id of [...inShareOf.followed, ...inShareOf.awaited]) {
    const other = state.missing.get(id);
    if (other !== undefined) planAsking(state, other);
  }
}

/** Messages name it, not only syncs. */
function isAwaited({ children }: MissingMessage): boolean {
  return children.length > 0;
}
