import type { Participant } from "../participants/participant.ts";
import type { HolesAndBelow } from "./holes-state.ts";
import type { MissingMessage } from "./missing-message.ts";
import { ownHoles, ownMissing } from "./own.ts";

/** Syncs of honest people name what exists, and it soon comes: so many at once are two syncs of requests. */
const MAX_UNDOUBTED = 16;
/** An honest message names up to eight causes, and whoever was away may lack those of several at once. */
const MAX_UNDOUBTED_CAUSES = 64;

/**
 * When missing messages are to be asked for, of a Store and of the others. Kept in queues, because the next time is
 * wanted after each batch of messages, and a member can make any number of ids missing.
 */

/** To be called for one that is new or wanted again, and when one of its times became earlier. */
export function planAsking(state: HolesAndBelow, missing: MissingMessage): void {
  ownHoles(state).queues.fetches.add(missing, fetchAt(state, missing));
  ownHoles(state).queues.firstRequests.add(missing, firstRequestAt(state, missing));
  ownHoles(state).queues.repeatedRequests.add(missing, repeatedRequestAt(state, missing));
}

/** Those that a Store is to be asked for now, in the order in which they were missed. */
export function takeFetchesDue(state: HolesAndBelow, now: number): MissingMessage[] {
  const due = ownHoles(state).queues.fetches.takeDue(now, (missing) => fetchAt(state, missing));
  return due.sort((a, b) => a.number - b.number);
}

/** As the intake is behind now: what is missing may wait in it. The same holds for the next two. */
export function nextFetchAt(state: HolesAndBelow): number {
  if (!state.clock.connection.online) return Number.POSITIVE_INFINITY;
  //= protocol: LAG-2
  return state.clock.intakeLagMs + ownHoles(state).queues.fetches.nextAt((missing) => fetchAt(state, missing));
}

export function nextFirstRequestAt(state: HolesAndBelow): number {
  const { firstRequests } = ownHoles(state).queues;
  return state.clock.intakeLagMs + firstRequests.nextAt((missing) => firstRequestAt(state, missing));
}

export function nextRepeatedRequestAt(state: HolesAndBelow): number {
  const { repeatedRequests } = ownHoles(state).queues;
  return state.clock.intakeLagMs + repeatedRequests.nextAt((missing) => repeatedRequestAt(state, missing));
}

/** The others were asked for it; again at `nextAt`. */
export function noteRequested(state: HolesAndBelow, missing: MissingMessage, nextAt: number): void {
  ownMissing(missing).requests++;
  ownMissing(missing).requestAt = nextAt;
  planAsking(state, missing);
}

/** Somebody else asked for it: ours waits until then, once. */
export function postponeRequest(missing: MissingMessage, until: number): void {
  const own = ownMissing(missing);
  own.postponed = true;
  own.requestAt = Math.max(missing.requestAt, until);
}

/** Something to ask for. */
export function isAskedFor(state: HolesAndBelow, missing: MissingMessage): boolean {
  return !isGivenUp(missing) && isWanted(state, missing);
}

/**
 * Not held, and not older than our joining. Only the author of a child says how old it is, and may lie; so what somebody
 * lists as held is wanted however low that is.
 */
export function isWanted(state: HolesAndBelow, missing: MissingMessage): boolean {
  if (state.log.entries.has(missing.id)) return false;
  //= protocol: HOLE-6
  return missing.listed || missing.lamport === null || missing.lamport >= state.holes.joinLamport;
}

export function isGivenUp(missing: MissingMessage): boolean {
  return missing.askAt === Number.POSITIVE_INFINITY;
}

function fetchAt(state: HolesAndBelow, missing: MissingMessage): number {
  return isMissing(state, missing) && !state.log.entries.has(missing.id) ? missing.askAt : Number.POSITIVE_INFINITY;
}

function firstRequestAt(state: HolesAndBelow, missing: MissingMessage): number {
  return missing.requests === 0 && !isDoubtful(missing) ? requestAt(state, missing) : Number.POSITIVE_INFINITY;
}

function repeatedRequestAt(state: HolesAndBelow, missing: MissingMessage): number {
  return missing.requests > 0 || isDoubtful(missing) ? requestAt(state, missing) : Number.POSITIVE_INFINITY;
}

/** Of what its first signer named too much never came: to ask for it is worth no sync of its own. */
function isDoubtful({ inShareOf }: MissingMessage): boolean {
  //= protocol: REPAIR-4
  return inShareOf !== null && isDoubted(inShareOf);
}

/** So many ids that a participant named and nobody has shown. A liar names any number; an honest one soon makes them good. */
export function isDoubted({ followed, awaited }: Participant): boolean {
  //= protocol: REPAIR-4, REPAIR-6
  return followed.size > MAX_UNDOUBTED || awaited.size > MAX_UNDOUBTED_CAUSES;
}

function requestAt(state: HolesAndBelow, missing: MissingMessage): number {
  return isMissing(state, missing) && isAskedFor(state, missing) ? missing.requestAt : Number.POSITIVE_INFINITY;
}

/** It has not come and was not forgotten; if its id is missed again, that is another one. */
function isMissing(state: HolesAndBelow, missing: MissingMessage): boolean {
  return state.holes.missing.get(missing.id) === missing;
}
