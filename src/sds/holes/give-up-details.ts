import { NEWEST_BODIES } from "./give-up-bodies.ts";
import type { HolesAndBelow } from "./holes-state.ts";
import { ownHoles } from "./own.ts";

/**
 * When the disk is full, what the ledger told of old messages goes: since when people have them, and how they were sent. Who
 * has a message stays known, as that follows from claims. Of what is there from Lamport timestamp `first` on, that of `count`
 * messages goes: all below what is returned, but nothing of the newest; null when that is all there is.
 */
export function giveUpDetails(state: HolesAndBelow, first: number, count: number): number | null {
  const { order } = state.log;
  const keepFrom = order.at(order.size - NEWEST_BODIES)?.lamport ?? 0;
  const end = order.at(order.position({ lamport: first, id: "" }) + count)?.lamport ?? keepFrom;
  const since = Math.min(keepFrom, end);
  if (since <= first) return null;
  noteDetailsGone(state, since);
  return since;
}

/** All that the ledger told before that time is gone. */
export function noteDetailsGone(state: HolesAndBelow, since: number): void {
  ownHoles(state).detailsSince = Math.max(state.holes.detailsSince, since);
}
