import type { ChannelState } from "../channel-state.ts";
import type { Participant } from "../participants/participant.ts";
import type { MissingMessage } from "./missing-message.ts";

/** Syncs of honest people name what exists, and it soon comes. */
const MAX_UNDOUBTED = 16;
/** An honest message names up to eight causes, and whoever was away may lack those of several at once. */
const MAX_UNDOUBTED_CAUSES = 64;

/**
 * When missing messages are to be asked for, of a Store and of the others. Kept in queues, because the next time is
 * wanted after each batch of messages, and a member can make any number of ids missing.
 */

/** To be called for one that is new or wanted again, and when one of its times became earlier. */
export function planAsking(state: ChannelState, missing: MissingMessage): void {
  state.fetches.add(missing, fetchAt(state, missing));
  state.firstRequests.add(missing, firstRequestAt(state, missing));
  state.repeatedRequests.add(missing, repeatedRequestAt(state, missing));
}

/** Those that a Store is to be asked for now, in the order in which they were missed. */
export function takeFetchesDue(state: ChannelState, now: number): MissingMessage[] {
  const due = state.fetches.takeDue(now, (missing) => fetchAt(state, missing));
  return due.sort((a, b) => a.number - b.number);
}

export function nextFetchAt(state: ChannelState): number {
  return state.connection.online
    ? state.fetches.nextAt((missing) => fetchAt(state, missing))
    : Number.POSITIVE_INFINITY;
}

export function nextFirstRequestAt(state: ChannelState): number {
  return state.firstRequests.nextAt((missing) => firstRequestAt(state, missing));
}

export function nextRepeatedRequestAt(state: ChannelState): number {
  return state.repeatedRequests.nextAt((missing) => repeatedRequestAt(state, missing));
}

/** Something to ask for. */
export function isAskedFor(state: ChannelState, missing: MissingMessage): boolean {
  return !isGivenUp(missing) && isWanted(state, missing);
}

/**
 * Not held, and not older than our joining. Only the author of a child says how old it is, and may lie; so what somebody
 * lists as held is wanted however low that is.
 */
export function isWanted(state: ChannelState, missing: MissingMessage): boolean {
  if (state.entries.has(missing.id)) return false;
  return missing.listed || missing.lamport === null || missing.lamport >= state.joinLamport;
}

export function isGivenUp(missing: MissingMessage): boolean {
  return missing.askAt === Number.POSITIVE_INFINITY;
}

function fetchAt(state: ChannelState, missing: MissingMessage): number {
  return isMissing(state, missing) && !state.entries.has(missing.id) ? missing.askAt : Number.POSITIVE_INFINITY;
}

function firstRequestAt(state: ChannelState, missing: MissingMessage): number {
  return missing.requests === 0 && !isDoubtful(missing) ? requestAt(state, missing) : Number.POSITIVE_INFINITY;
}

function repeatedRequestAt(state: ChannelState, missing: MissingMessage): number {
  return missing.requests > 0 || isDoubtful(missing) ? requestAt(state, missing) : Number.POSITIVE_INFINITY;
}

/** Of what its first signer named too much never came: to ask for it is worth no sync of its own. */
function isDoubtful({ inShareOf }: MissingMessage): boolean {
  return inShareOf !== null && isDoubted(inShareOf);
}

/** So many ids that a participant named and nobody has shown. A liar names any number; an honest one soon makes them good. */
export function isDoubted({ followed, awaited }: Participant): boolean {
  return followed.size > MAX_UNDOUBTED || awaited.size > MAX_UNDOUBTED_CAUSES;
}

function requestAt(state: ChannelState, missing: MissingMessage): number {
  return isMissing(state, missing) && isAskedFor(state, missing) ? missing.requestAt : Number.POSITIVE_INFINITY;
}

/** It has not come and was not forgotten; if its id is missed again, that is another one. */
function isMissing(state: ChannelState, missing: MissingMessage): boolean {
  return state.missing.get(missing.id) === missing;
}
