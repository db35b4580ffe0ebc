import { describe, expect, it } from "vitest";
import type { ChannelState } from "../channel-state.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { STATE_CHECKS } from "./state-checks.ts";
import { checkRows, checkState, watchState } from "./watch-state.ts";

/** One of everything: own and others' messages, one that waits, one that is only named, one that came from the future. */
function fullCore(): OneCore {
  const core = new OneCore();
  core.online();
  core.say("first");
  core.taken();
  core.receive("from-ben", "ben");
  core.receive("waits", "ben", { lamport: core.now + 5, parents: [{ id: asMessageId("missing"), lamport: core.now }] });
  core.hear("cleo", ["only-named"]);
  core.say("second");
  core.now -= 3_600_000;
  core.step({ kind: "wake" });
  core.say("by the clock that was set");
  return core;
}

const some = <T>(items: Iterable<T>): T => {
  for (const item of items) return item;
  throw new Error("There is none.");
};
const writable = <T>(set: ReadonlySet<T>) => set as Set<T>;
const change = (entry: LogEntry | null, fields: Partial<LogEntry>) => Object.assign(entry ?? {}, fields);

/** A mistake for each check, of the kind that the rooms could make. */
const MISTAKES: Readonly<Record<string, (state: ChannelState) => void>> = {
  "all that is held is delivered or waits": ({ log }) => (log.entries as Map<unknown, unknown>).delete(log.lastOwn?.id),
  "the log has its delivered messages in order": ({ log }) => change(log.order.at(0) ?? null, { lamport: 2 ** 52 }),
  "heads are delivered, not ahead, and without children": ({ log }) =>
    change(some(log.heads), { deliveredChildren: 1 }),
  "what is ahead is delivered": ({ log }) => writable(log.ahead).add(some(log.buffered)),
  "what waits lacks a cause, or its patience is over": ({ log }) => change(some(log.buffered), { blocking: 0 }),
  "the newest own message is delivered, and not ahead": ({ log }) => Object.assign(log, { lastOwn: some(log.ahead) }),
  "there is a number for each own message": ({ log }) => Object.assign(log, { authorSeq: 0 }),
  "the outbox has own messages, numbered and delivered here": ({ outbox, log }) =>
    Object.assign(some(outbox.items.values()), { entry: log.entries.get(asMessageId("from-ben")) }),
  "what may be sent is in the outbox": ({ outbox }) =>
    (outbox.items as Map<unknown, unknown>).delete(some(outbox.open).entry.id),
  "of what was confirmed so many records are kept at most": ({ outbox }) =>
    writable(outbox.settled).add(some(outbox.open)),
  "what is missing was not delivered": ({ holes, log }) =>
    (holes.missing as Map<unknown, unknown>).set("from-ben", {
      ...some(holes.missing.values()),
      id: log.entries.get(asMessageId("from-ben"))?.id,
    }),
  "the ids that only syncs name are counted": ({ participants }) =>
    participants.all.forEach((one) => void writable(one.followed).clear()),
  "participants are where their index says": ({ participants }) =>
    Object.assign(participants.all[1] ?? {}, { index: 2 }),
  "this device is the first participant": ({ participants }) =>
    (participants.byId as Map<unknown, unknown>).set("a ghost", participants.all[1]),
  "who was changed is written": ({ participants }) => writable(participants.touched).add(some(participants.all)),
  "the Lamport clock is within the limit": ({ clock }) => Object.assign(clock, { lamport: clock.lastNow + 600_001 }),
  "the Lamport clock is not behind the log": ({ clock }) => Object.assign(clock, { lamport: 5 }),
};

describe("a state", () => {
  it("of which there is one of everything has no contradiction", () => {
    const { state, now } = fullCore();
    const { log, outbox, holes } = state;
    const sizes = [log.heads, log.ahead, log.buffered, outbox.items, outbox.open, holes.missing].map(
      ({ size }) => size,
    );
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(checkState(state, now)).toBeNull();
  });

  it("has a mistake for each check", () => {
    expect(Object.keys(MISTAKES)).toEqual(STATE_CHECKS.map(({ name }) => name));
  });

  it.each(Object.entries(MISTAKES))("in which it does not hold that %s is told from a good one", (name, mistake) => {
    const { state, now } = fullCore();
    mistake(state);
    const found = STATE_CHECKS.filter((check) => {
      return [...check.items(state)].some((item) => check.isBroken(item as never, state, now));
    });
    expect(found.map((check) => check.name)).toContain(name);
    expect(checkState(state, now)).not.toBeNull();
  });
});

describe("a watch", () => {
  it("looks at a few items at a time, and comes round to all, whatever comes and goes meanwhile", () => {
    const core = new OneCore();
    for (let n = 0; n < 50; n++) core.receive(`m${n}`, "ben", { lamport: core.now - 1_000 + n });
    const watch = watchState(core.state);
    const rounds = (most: number) => Array.from({ length: most * STATE_CHECKS.length }, () => watch.next(core.now, 7));
    expect(rounds(3).every((finding) => finding === null)).toBe(true);
    for (let n = 50; n < 60; n++) core.receive(`m${n}`, "ben", { lamport: core.now - 1_000 + n });
    change(core.state.log.entries.get(asMessageId("m40")) ?? null, { status: "buffered" });
    expect(rounds(1).some((finding) => finding !== null)).toBe(false);
    const found = new Set(rounds(10));
    expect([...found]).toContain("the log has its delivered messages in order");
  });
});

describe("the rows of a step", () => {
  const row = (seq: number) => ({
    ...({ op: "put", table: "ledger" } as const),
    record: { ...({ kind: "accepted" } as const), seq, at: 0, ids: [] },
  });
  const commit = (...seqs: number[]) =>
    [{ ...({ kind: "commit", durability: "strict" } as const), changes: seqs.map(row) }] as const;
  const gap = "the ledger grows by the rows that are written";

  it.each([
    ["two rows", commit(4, 5), 5, null],
    ["none", [], 3, null],
    ["a row that is not written", commit(4), 5, gap],
    ["a row that is not counted", commit(4, 5), 4, gap],
    ["a number twice", commit(4, 4), 5, gap],
    ["numbers in another order", commit(5, 4), 5, gap],
  ] as const)("%s", (_what, effects, seq, expected) => {
    expect(checkRows({ ledger: { seq } }, effects, 3)).toBe(expected);
  });
});
