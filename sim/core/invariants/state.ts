import type { ChannelState } from "../../../src/sds/channel-state.ts";
import { comparePlaces } from "../../../src/sds/collections/ordered-log.ts";
import { isTrueEdge, type LogEntry } from "../../../src/sds/log/log-entry.ts";
import { LAMPORT_EMBARGO_MS } from "../../../src/sds/parameters/parameters.ts";
import type { Participant } from "../../../src/sds/participants/participant.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";
import { checkCompleteSince } from "./complete-since.ts";
import { checkOnlyWords } from "./evidence.ts";
import type { Truths, View } from "./truth.ts";

const MOST_MISSING = 4_096;
const MOST_EMBARGOED = 256;
const MOST_ANSWERS_PER_PARTICIPANT = 40;
const MOST_UNRESOLVED_PER_PARTICIPANT = 64;
/** Beside those that are the first to prove an own message, or wait for causes of a message that is held. */
const MOST_CLAIMS = 256 + MOST_UNRESOLVED_PER_PARTICIPANT;
const MOST_BUFFERED_PER_SENDER = 500;

/** What holds of a member's whole state at any time. Costs its size, so it is sampled. */
export function checkState(
  member: SimParticipant,
  seen: View,
  truths: Truths,
  received: (entry: LogEntry) => ReadonlySet<number>,
): void {
  checkLog(member);
  checkHeads(member);
  checkCompleteSince(member);
  checkClock(member, truths);
  checkCorrection(member, seen);
  checkMemory(member);
  checkOutbox(member, seen, received);
  // The real channel's state is ahead of what it has written by now, and of what was seen of that.
  if (member.state.ledger.seq === seen.lastSeq) checkOnlyWords(member, seen, received);
}

function checkLog({ state, index }: SimParticipant): void {
  let previous: LogEntry | null = null;
  for (const entry of state.log.order) {
    const before = previous;
    check(before === null || comparePlaces(before, entry) < 0, "one order", () => {
      return `member ${index}: ${entry.id} is out of its place in the log`;
    });
    check(entry.status === "delivered", "one order", () => `member ${index}: ${entry.id} is in the log undelivered`);
    previous = entry;
  }
}

function checkHeads({ state, index }: SimParticipant): void {
  const parents = new Set<LogEntry>();
  for (const entry of state.log.order) {
    if (state.log.ahead.has(entry)) continue;
    for (const reference of entry.parents) {
      const parent = state.log.entries.get(reference.id);
      if (parent !== undefined && isTrueEdge(entry, reference, parent)) parents.add(parent);
    }
  }
  for (const entry of state.log.order) {
    const isHead = !state.log.ahead.has(entry) && !parents.has(entry);
    check(state.log.heads.has(entry) === isHead, "heads are exact", () => `member ${index}: ${entry.id} ${isHead}`);
  }
}

function checkClock(member: SimParticipant, truths: Truths): void {
  const { state, index } = member;
  // Own messages raise the clock by one each even when others had put it at the limit.
  const limit = state.clock.lastNow + LAMPORT_EMBARGO_MS + truths.size;
  check(state.clock.lamport <= limit, "clock stays near real time", () => {
    return `member ${index}: ${state.clock.lamport} is ${state.clock.lamport - state.clock.lastNow} ms ahead`;
  });
}

/** What is added to a device's clock is what its owner said, over restarts too. */
export function checkCorrection({ state, index }: SimParticipant, { corrections }: View): void {
  check(corrections.includes(state.clock.correctionMs), "only people move clocks", () => {
    return `member ${index} adds ${state.clock.correctionMs} ms, and was told ${corrections.join(" or ")}`;
  });
}

function checkMemory({ state, index }: SimParticipant): void {
  const people = state.participants.all.length;
  const sizes: readonly (readonly [string, number, number])[] = [
    ["missing", state.holes.missing.size, MOST_MISSING + 8 * state.log.entries.size],
    ["embargoed", state.receive.embargoed.size, MOST_EMBARGOED],
    ["buffered", state.log.buffered.size, MOST_BUFFERED_PER_SENDER * people],
    [
      "claims",
      Math.max(...state.participants.all.map(({ claims }) => claims.size)),
      MOST_CLAIMS + state.log.entries.size,
    ],
  ];
  for (const [what, size, limit] of sizes) {
    check(size <= limit, "bounded memory", () => `member ${index} keeps ${size} ${what}, more than ${limit}`);
  }
  checkAnswers(state, index);
  checkUnresolved(state, index);
}

/** Whoever asks for everything is sent so much at a time: a request must not be worth any number of answers. */
function checkAnswers({ repair: { answers } }: ChannelState, index: number): void {
  const owed = new Map<number, number>();
  for (const { requester } of answers.values()) owed.set(requester, (owed.get(requester) ?? 0) + 1);
  for (const [requester, count] of owed) {
    check(count <= MOST_ANSWERS_PER_PARTICIPANT, "requests are not amplified", () => {
      return `member ${index} is about to answer participant ${requester} ${count} times`;
    });
  }
}

/** Of each participant only so many claims wait for messages that nobody has shown yet. */
function checkUnresolved({ evidence: { pending } }: ChannelState, index: number): void {
  const waiting = new Map<Participant, number>();
  for (const credits of pending.values()) {
    for (const participant of credits.keys()) waiting.set(participant, (waiting.get(participant) ?? 0) + 1);
  }
  for (const [participant, count] of waiting) {
    check(count <= MOST_UNRESOLVED_PER_PARTICIPANT, "bounded memory", () => {
      return `member ${index} keeps ${count} claims of participant ${participant.index} that it cannot follow`;
    });
  }
}

/** Every accepted message is in the outbox, says truly how far it is, and never falls back from what was confirmed. */
function checkOutbox(member: SimParticipant, seen: View, received: (entry: LogEntry) => ReadonlySet<number>): void {
  const { state, index } = member;
  for (const row of state.outbox.items.values()) {
    const { stage, entry } = row;
    const receivers = received(entry).size;
    const confirmed = receivers > 0;
    check(receivers >= (seen.receivers.get(entry.id) ?? 0), "evidence never regresses", () => {
      return `member ${index}: ${receivers} receivers of ${entry.id}, which had more`;
    });
    seen.receivers.set(entry.id, receivers);
    check(stage !== "settled" || confirmed, "nothing is received by nobody", () => `member ${index}: ${entry.id}`);
    check(!seen.settled.has(entry.id) || stage === "settled", "states never regress", () => {
      return `member ${index}: ${entry.id} was confirmed and is now ${stage}`;
    });
    if (stage === "settled") seen.settled.add(entry.id);
  }
  for (const entry of state.log.order) {
    check(!entry.mine || state.outbox.items.has(entry.id), "never silence", () => {
      return `member ${index}: its own ${entry.id} is in no outbox`;
    });
  }
}
