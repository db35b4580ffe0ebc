import { connectedNow } from "../clock/connected-time.ts";
import { isAhead } from "../clock/lamport-clock.ts";
import { followedInAll } from "../holes/shares.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { LAMPORT_LIMIT, MAX_SETTLED_KEPT } from "../parameters/limits.ts";
import type { ReceiveAndBelow } from "../receive/receive-state.ts";

type State = ReceiveAndBelow;

/**
 * Something that holds after each step, whatever came. It is looked at item by item, so that only a few need be looked at in
 * one go; what is of the whole state has one item.
 */
export interface StateCheck {
  /** The sentence that holds; said when it does not. */
  readonly name: string;
  /** True for an item of which it does not hold. `now`: of the step that was done. */
  readonly isBroken: (item: never, state: State, now: number) => boolean;
  readonly items: (state: State) => Iterable<unknown>;
}

function ofWhole(name: string, holds: (state: State, now: number) => boolean): StateCheck {
  return { name, items: () => WHOLE, isBroken: (_item, state, now) => !holds(state, now) };
}

function ofEach<T>(
  name: string,
  items: (state: State) => Iterable<T>,
  holds: (item: T, state: State, now: number) => boolean,
): StateCheck {
  return { name, items, isBroken: (item, state, now) => !holds(item, state, now) };
}

const WHOLE: readonly unknown[] = [null];

/** What must never be otherwise. Each costs O(1) an item, and O(participants) where it says so. */
export const STATE_CHECKS: readonly StateCheck[] = [
  ofWhole(
    "all that is held is delivered or waits",
    ({ log }) => log.entries.size === log.order.size + log.buffered.size,
  ),
  ofEach(
    "the log has its delivered messages in order",
    ({ log }) => log.order,
    (entry, { log }) => isHeld(log, entry) && entry.status === "delivered" && log.order.get(entry) === entry,
  ),
  ofEach(
    "heads are delivered, not ahead, and without children",
    ({ log }) => log.heads,
    (entry, { log }) =>
      isHeld(log, entry) && entry.status === "delivered" && !log.ahead.has(entry) && entry.deliveredChildren === 0,
  ),
  ofEach(
    "what is ahead is delivered",
    ({ log }) => log.ahead,
    (entry, { log }) => isHeld(log, entry) && entry.status === "delivered" && !log.heads.has(entry),
  ),
  ofEach(
    "what waits lacks a cause, or its patience is over",
    ({ log }) => log.buffered,
    (entry, state, now) => {
      const isOverdue = state.log.buffered.deadlineOf(entry) <= connectedNow(state, now);
      return isHeld(state.log, entry) && entry.status === "buffered" && (entry.blocking > 0 || isOverdue);
    },
  ),
  ofWhole("the newest own message is delivered, and not ahead", ({ log }) => {
    const { lastOwn } = log;
    return lastOwn === null || (isOwn(log, lastOwn) && !log.ahead.has(lastOwn));
  }),
  ofWhole("there is a number for each own message", ({ log }) => (log.lastOwn?.authorSeq ?? 0) <= log.authorSeq),
  ofEach(
    "the outbox has own messages, numbered and delivered here",
    ({ outbox }) => outbox.items,
    ([id, { entry }], { log }) => id === entry.id && isOwn(log, entry) && (entry.authorSeq ?? 0) <= log.authorSeq,
  ),
  ofEach(
    "what may be sent is in the outbox",
    ({ outbox }) => outbox.open,
    (item, { outbox }) => outbox.items.get(item.entry.id) === item,
  ),
  ofEach(
    "of what was confirmed so many records are kept at most",
    ({ outbox }) => outbox.settled,
    (item, { outbox }) =>
      item.stage === "settled" && outbox.items.get(item.entry.id) === item && outbox.settled.size <= MAX_SETTLED_KEPT,
  ),
  ofEach(
    "what is missing was not delivered",
    ({ holes }) => holes.missing,
    ([id, missing], { log }) => id === missing.id && log.entries.get(id)?.status !== "delivered",
  ),
  // O(participants).
  ofWhole("the ids that only syncs name are counted", (state) => {
    let followed = 0;
    for (const participant of state.participants.all) followed += participant.followed.size;
    return followed === followedInAll(state);
  }),
  ofEach(
    "participants are where their index says",
    ({ participants }) => participants.all,
    (participant, { participants }) =>
      participants.all[participant.index] === participant && participants.byId.get(participant.id) === participant,
  ),
  ofWhole("this device is the first participant", ({ participants, identity }) => {
    return participants.all[0]?.id === identity.self && participants.byId.size === participants.all.length;
  }),
  ofWhole("who was changed is written", ({ participants }) => participants.touched.size === 0),
  ofWhole("the Lamport clock is within the limit", ({ clock, log }, now) => {
    const { lamport } = clock;
    if (!Number.isSafeInteger(lamport) || lamport < 0 || lamport >= LAMPORT_LIMIT) return false;
    // What this device says is above all that it took in, and so may be a little ahead.
    return !isAhead(lamport, now) || lamport === log.lastOwn?.lamport;
  }),
  ofWhole("the Lamport clock is not behind the log", ({ clock, log }, now) => {
    const last = log.order.last();
    const isBehind = last !== undefined && last.lamport > clock.lamport && !isAhead(last.lamport, now);
    return !isBehind && (log.lastOwn?.lamport ?? 0) <= clock.lamport;
  }),
];

function isHeld({ entries }: State["log"], entry: LogEntry): boolean {
  return entries.get(entry.id) === entry;
}

function isOwn(log: State["log"], entry: LogEntry): boolean {
  return isHeld(log, entry) && entry.mine && entry.status === "delivered";
}
