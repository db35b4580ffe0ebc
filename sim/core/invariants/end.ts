import { connectedNow } from "../../../src/sds/clock/connected-time.ts";
import { receivedBy } from "../../../src/sds/evidence/received-by.ts";
import { MESSAGE_TYPE } from "../../../src/sds/parameters/message-type.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check, Violation } from "../report/violation.ts";
import type { Truth, Truths } from "./truth.ts";
import { checkUnaltered } from "./unaltered.ts";

export interface EndWorld {
  readonly members: readonly SimParticipant[];
  readonly observer: { readonly truths: Truths };
  readonly settings: { readonly hostile: number };
  readonly parameters: { readonly budgetPerTenMinutes: number };
}

/** What is still wanting for everybody to have everything and to know who has it; null when nothing is. */
export function checkConverged(world: EndWorld): Violation | null {
  const accepted = acceptedTruths(world);
  for (const member of world.members) {
    const lacking = accepted.find((truth) => isOwed(member, truth) && !isDelivered(member, truth.content.id));
    if (lacking !== undefined) return undelivered(member, lacking);
  }
  checkSameOrder(world, accepted);
  for (const truth of accepted) {
    const ignorant = receiptLacking(world, truth);
    if (ignorant !== null) return ignorant;
  }
  for (const member of world.members) {
    for (const truth of accepted) if (isDelivered(member, truth.content.id)) checkUnaltered(member, truth);
  }
  return null;
}

/** What a clock that ran ahead has dated is due when its time has come: in so long. `now` is true time since the epoch. */
export function longestEmbargo(world: EndWorld, now: number): number {
  return Math.max(0, ...acceptedTruths(world).map(({ content }) => content.lamport - now));
}

/** What some author has on disk for good. */
function acceptedTruths({ members, observer }: EndWorld): Truth[] {
  const accepted: Truth[] = [];
  for (const member of members) {
    const withdrawn = idsOf(member, "withdrawn");
    const removed = idsOf(member, "removed");
    const own: Truth[] = [];
    for (const id of idsOf(member, "accepted")) {
      const truth = observer.truths.get(id);
      if (truth !== undefined && !withdrawn.has(id)) own.push(truth);
    }
    checkDense(member, own);
    // What its author deleted after it may have left reaches some and not others.
    accepted.push(...own.filter(({ content }) => !removed.has(content.id)));
  }
  return accepted;
}

function idsOf(member: SimParticipant, kind: "accepted" | "withdrawn" | "removed"): Set<MessageId> {
  return new Set(member.disk.ledger.flatMap((row) => (row.kind === kind ? row.ids : [])));
}

/** Author numbers are 1, 2, 3 ... without a gap, in the order of acceptance. */
function checkDense(member: SimParticipant, own: readonly Truth[]): void {
  for (const [index, { content }] of own.entries()) {
    check(content.authorSeq === index + 1, "author_seq is dense", () => {
      return `member ${member.index}: ${content.id} has number ${content.authorSeq}, not ${index + 1}`;
    });
  }
}

function isDelivered({ state }: SimParticipant, id: MessageId): boolean {
  return state.log.entries.get(id)?.status === "delivered";
}

/** A newcomer is owed what was said since it joined. */
function isOwed(member: SimParticipant, { content }: Truth): boolean {
  return content.lamport >= member.disk.joinLamport;
}

function undelivered(member: SimParticipant, { content, author }: Truth): Violation {
  const missing = member.state.holes.missing.get(content.id);
  const held = member.state.log.entries.get(content.id)?.status ?? missing?.state ?? (missing ? "missing" : "unknown");
  return new Violation(
    "everything arrives",
    `member ${member.index} has not delivered ${content.id} (number ${content.authorSeq} of member ${author}): ${held}`,
  );
}

function checkSameOrder({ members }: EndWorld, accepted: readonly Truth[]): void {
  const since = Math.max(...members.map((member) => member.disk.joinLamport));
  const owed = new Set(accepted.filter(({ content }) => content.lamport >= since).map(({ content }) => content.id));
  let first: string | null = null;
  for (const member of members) {
    const order = [...member.state.log.order].flatMap((entry) => (owed.has(entry.id) ? entry.id : [])).join();
    first ??= order;
    check(order === first, "one order", () => `member ${member.index} has another order than member 0`);
  }
}

/** So many others make a name known (SYNC-11). */
const KNOWN_NAME = 3;

/**
 * The author learns of everybody who has it. A member with a hole that never closes (a liar named what does not exist)
 * can prove little of what is older, so of such members one receipt is enough.
 */
function receiptLacking({ members }: EndWorld, truth: Truth): Violation | null {
  const author = members[truth.author];
  const entry = author?.state.log.entries.get(truth.content.id);
  if (author === undefined || entry === undefined) return null;
  const received = receivedBy(author.state, entry);
  // Of a name that three others have, syncs say so by chance only (SYNC-11), until somebody builds on it.
  if (entry.type === MESSAGE_TYPE.profile && received.size >= KNOWN_NAME) return null;
  for (const member of members) {
    if (member === author || !isOwed(member, truth)) continue;
    if (received.size > 0 && hasLostHole(member)) continue;
    const index = author.state.participants.byId.get(member.speaker.self)?.index;
    if (index !== undefined && received.has(index)) continue;
    return new Violation(
      "receipts arrive",
      `member ${author.index} does not know that member ${member.index} has its ${entry.id} (number ${entry.authorSeq})`,
    );
  }
  return null;
}

/**
 * What waited for a cause that never came was delivered past it, and the hole is shown. Something may have come just now
 * (an old message that somebody still lists); it has its time, and no more.
 */
export function checkNothingWaits({ members }: EndWorld): void {
  for (const { state, index } of members) {
    const now = connectedNow(state, state.clock.lastNow);
    const waiting = [...state.log.buffered].find((entry) => state.log.buffered.deadlineOf(entry) < now);
    check(waiting === undefined, "nothing waits for ever", () => `member ${index} still waits with ${waiting?.id}`);
  }
}

/** Frames that one member may send in an hour in which nothing happens. */
const QUIET_FRAMES_PER_HOUR = 25;

/** Null when so few frames in so long are quiet. */
export function noiseOf({ members, settings, parameters }: EndWorld, frames: number, ms: number): Violation | null {
  // What liars left takes longer to give up where little may be sent.
  if (settings.hostile > 0 && parameters.budgetPerTenMinutes > 0) return null;
  const limit = (QUIET_FRAMES_PER_HOUR * members.length * ms) / 3_600_000;
  if (frames <= limit) return null;
  return new Violation(
    "it becomes quiet",
    `${members.length} members sent ${frames} frames in ${ms / 60_000} minutes in which nothing happened`,
  );
}

function hasLostHole({ state }: SimParticipant): boolean {
  for (const missing of state.holes.missing.values()) if (missing.state === "lost") return true;
  return false;
}
