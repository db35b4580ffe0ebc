import type { ChannelState } from "./channel-state.ts";
import type { MessageId } from "./ids.ts";
import { MAX_FOLLOWED, MAX_FOLLOWED_PER_PARTICIPANT } from "./limits.ts";
import type { MissingMessage } from "./missing-message.ts";
import { isDoubted, planAsking } from "./missing-schedule.ts";
import type { Participant } from "./participant.ts";

/**
 * Whose word made us look for a missing message. A member can name any number of ids that do not exist: they use up that
 * member's share, and nobody else's.
 */

/** Room for one more id that only this participant's syncs name. When all is taken, the largest share gives way. */
export function makeRoomToFollow(state: ChannelState, participant: Participant): boolean {
  if (participant.followed.size >= MAX_FOLLOWED_PER_PARTICIPANT) return false;
  if (countFollowed(state) < MAX_FOLLOWED) return true;
  const largest = state.participants.reduce((a, b) => (b.followed.size > a.followed.size ? b : a), participant);
  if (largest.followed.size <= participant.followed.size + 1) return false;
  const [oldest] = largest.followed;
  const given = oldest === undefined ? undefined : state.missing.get(oldest);
  if (given !== undefined) forgetMissing(state, given);
  return true;
}

function countFollowed({ participants }: ChannelState): number {
  return participants.reduce((sum, { followed }) => sum + followed.size, 0);
}

/** Somebody names it, and nobody did before. */
export function putIntoShare(missing: MissingMessage, participant: Participant): void {
  missing.inShareOf = participant;
  shareOf(missing)?.add(missing.id);
}

/** A message names it: it is waited for, and not forgotten. */
export function nowAwaited(missing: MissingMessage, author: Participant): void {
  const { inShareOf } = missing;
  if (inShareOf === null) putIntoShare(missing, author);
  else if (inShareOf.followed.delete(missing.id)) inShareOf.awaited.add(missing.id);
}

export function forgetMissing(state: ChannelState, missing: MissingMessage): void {
  state.missing.delete(missing.id);
  const { inShareOf } = missing;
  if (inShareOf === null) return;
  const wasDoubted = isDoubted(inShareOf);
  shareOf(missing)?.delete(missing.id);
  if (!wasDoubted || isDoubted(inShareOf)) return;
  // What else this participant named is worth a sync of its own again.
  for (const id of [...inShareOf.followed, ...inShareOf.awaited]) {
    const other = state.missing.get(id);
    if (other !== undefined) planAsking(state, other);
  }
}

function shareOf({ inShareOf, children }: MissingMessage): Set<MessageId> | undefined {
  return children.length > 0 ? inShareOf?.awaited : inShareOf?.followed;
}
