import { expect, test } from "vitest";
import { MAX_FOLLOWED, MAX_FOLLOWED_PER_PARTICIPANT } from "../parameters/limits.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { completeSince } from "./holes.ts";
import { nextFirstRequestAt } from "./missing-schedule.ts";

const MINUTE = 60_000;

//= protocol: HOLE-1
test("a hint that leads nowhere is followed, every other time, by a search of the minutes around", () => {
  const core = new OneCore();
  core.online();
  const hint = new Uint8Array(32).fill(9);
  const lamport = core.now - MINUTE;
  core.receive("child", "ben", { parents: [{ id: asMessageId("parent"), lamport, hint }] });
  core.wait(MINUTE);
  const asked = core.take("fetch").flatMap(({ wanted }) => wanted);
  expect(asked.slice(0, 4)).toEqual([
    { id: "parent", hint, lamport },
    { id: "parent", hint: undefined, lamport },
    { id: "parent", hint, lamport },
    { id: "parent", hint: undefined, lamport },
  ]);
});

//= protocol: HOLE-5
test("who names thousands of ids that do not exist uses up their own share, and nobody else's", () => {
  const core = new OneCore();
  core.online();
  for (let sync = 0; sync < 10; sync++) {
    core.wait(1);
    core.hear(
      "liar",
      Array.from({ length: 200 }, (_, index) => `fake-${sync}-${index}`),
    );
  }
  expect(core.state.holes.missing.size).toBe(MAX_FOLLOWED_PER_PARTICIPANT);
  core.hear("ben", ["true"]);
  expect(core.state.holes.missing.has(asMessageId("true"))).toBe(true);
  core.receive("fake-0-0", "ben");
  core.wait(1);
  core.hear("liar", ["fake-of-the-freed-place"]);
  expect(core.state.holes.missing.has(asMessageId("fake-of-the-freed-place"))).toBe(true);
});

test("what a liar dates back is asked for in every way once its real child comes", () => {
  const core = new OneCore();
  core.online();
  core.receive("lie", "liar", { parents: [{ id: asMessageId("parent"), lamport: 1 }] });
  core.wait(10_000);
  core.take("send-sync");
  const hint = new Uint8Array(32).fill(9);
  core.receive("child", "ben", { parents: [{ id: asMessageId("parent"), lamport: core.now - MINUTE, hint }] });
  core.wait(MINUTE);
  expect(core.take("fetch").flatMap(({ wanted }) => wanted.map(({ id }) => id))).toContain("parent");
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
  expect(asked).toContain("parent");
});

//= protocol: HOLE-7
test("a person may ask again for what was given up, and it is asked for in every way", () => {
  const core = new OneCore();
  core.online();
  const lamport = core.now - MINUTE;
  core.receive("child", "ben", { parents: [{ id: asMessageId("parent"), lamport }] });
  core.wait(25 * 60 * MINUTE);
  core.effects = [];
  core.wait(60 * MINUTE);
  expect(core.take("fetch"), "given up").toEqual([]);
  core.step({ kind: "fetch-again", id: asMessageId("parent") });
  core.wait(MINUTE);
  expect(core.take("fetch").flatMap(({ wanted }) => wanted.map(({ id }) => id))).toContain("parent");
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
  expect(asked).toContain("parent");
  core.receive("parent", "ben", { lamport });
  expect([...core.state.log.order].map(({ id }) => id)).toEqual(["parent", "child"]);
});

//= protocol: HOLE-5
test("ids that only syncs name are forgotten, and free the share of who named them", () => {
  const core = new OneCore();
  core.online();
  core.hear("liar", ["fake-1", "fake-2"]);
  core.wait(30 * MINUTE);
  expect(core.state.holes.missing.size).toBe(0);
  expect(core.state.participants.byId.get(asParticipantId("liar"))?.followed.size).toBe(0);
});

//= protocol: HOLE-6
test("what a sync names is fetched, though a liar signed a timestamp from before our joining for it", () => {
  for (const order of [0, 1]) {
    const core = new OneCore();
    core.online();
    const lie = () => core.receive("lie", "liar", { parents: [{ id: asMessageId("true"), lamport: 1 }] });
    const word = () => core.hear("ben", ["true"]);
    for (const happens of order === 0 ? [lie, word] : [word, lie]) happens();
    core.wait(MINUTE);
    const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
    expect(asked).toContain("true");
  }
});

test("what was given up, as a liar dated it back, is asked of the others again when its true child comes with a hint", () => {
  const core = new OneCore();
  core.online();
  core.receive("lie", "liar", { parents: [{ id: asMessageId("true"), lamport: 1 }] });
  core.wait(MINUTE);
  const hint = new Uint8Array(32).fill(1);
  core.receive("child", "ben", { parents: [{ id: asMessageId("true"), lamport: core.now - 1, hint }] });
  core.take("send-sync");
  core.wait(MINUTE);
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
  expect(asked).toContain("true");
});

/** A message with so many causes that do not exist. */
function madeUp(core: OneCore, id: string, count: number, sender = "liar"): void {
  const parents = Array.from({ length: count }, (_, i) => ({
    id: asMessageId(`${id}-${i}`),
    lamport: core.now - 10 - i,
  }));
  core.receive(id, sender, { parents });
}

function requested(core: OneCore): string[] {
  return core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
}

//= protocol: TRICKLE-6
test("made-up causes take nobody else's room: a tail that a sync names is asked for all the same", () => {
  const core = new OneCore();
  core.online();
  for (let i = 0; i < 16; i++) {
    core.wait(1_000);
    madeUp(core, `lie${i}`, 256);
  }
  core.wait(26 * 60 * MINUTE);
  core.restart();
  core.online();
  core.hear("ben", ["tail"], { lamport: core.now });
  core.wait(MINUTE);
  expect(requested(core)).toContain("tail");
});

//= protocol: HOLE-5
test("when all room for ids of syncs is taken, the largest share gives way", () => {
  const core = new OneCore();
  core.online();
  for (let i = 0; i < 9; i++) {
    const ids = Array.from({ length: 600 }, (_, k) => `liar${i}-${k}`);
    core.hear(`liar${i}`, ids);
  }
  expect(core.state.holes.missing.size).toBe(MAX_FOLLOWED);
  core.hear("ben", ["tail"]);
  expect(core.state.holes.missing.has(asMessageId("tail"))).toBe(true);
  expect(core.state.holes.missing.size).toBe(MAX_FOLLOWED);
});

//= protocol: REPAIR-4
test("one message with many made-up causes is worth few syncs", () => {
  const core = new OneCore();
  core.online();
  core.wait(3 * MINUTE);
  core.take("send-sync");
  madeUp(core, "lie", 256);
  core.wait(60 * MINUTE);
  // One in 30 s for the ten minutes that it waits for them, and the usual ones; not one for every eight ids.
  expect(core.take("send-sync").length).toBeLessThanOrEqual(30);
});

//= protocol: REPAIR-4
test("ids of a long list are in the queue of the first requests again as soon as most of it turned out true", () => {
  const core = new OneCore();
  core.online();
  core.hear(
    "ben",
    Array.from({ length: 20 }, (_, i) => `m${i}`),
  );
  expect(nextFirstRequestAt(core.state)).toBe(Number.POSITIVE_INFINITY);
  for (let i = 0; i < 6; i++) core.receive(`m${i}`, "ben", { lamport: core.now + i });
  expect(nextFirstRequestAt(core.state)).toBeLessThan(core.now + MINUTE);
});

//= protocol: SINCE-2, SINCE-4
/** Whoever lowers it claims what it has not: others would count it as a receiver. */
test.each([
  ["community", (now: number) => now - 300],
  ["sds", () => null],
] as const)(
  "complete_since does not fall in a restart while what was lost waits for its own causes (%s)",
  (profile, lie) => {
    const core = new OneCore({}, profile);
    core.online();
    const { now } = core;
    core.receive("lie", "liar", { lamport: now, parents: [{ id: asMessageId("lost"), lamport: lie(now) }] });
    core.wait(11 * MINUTE);
    core.receive("child", "ben", { lamport: now + 5, parents: [{ id: asMessageId("lost"), lamport: now - 5 }] });
    core.receive("lost", "ann", {
      lamport: now - 5,
      parents: [{ id: asMessageId("still missing"), lamport: now - 10 }],
    });
    expect(completeSince(core.state)).toBe(now - 4);
    core.restart();
    expect([...core.state.log.heads].map(({ id }) => id)).toContain("child");
    expect(completeSince(core.state)).toBe(now - 4);
  },
);

//= protocol: SINCE-3
test.each(["the child first", "the parent first"])(
  "a false edge to a parent that is held and waits does not count for complete_since, %s",
  (order) => {
    const core = new OneCore();
    core.online();
    const { now } = core;
    const child = () =>
      core.receive("child", "liar", { lamport: now, parents: [{ id: asMessageId("parent"), lamport: now - 300 }] });
    const parent = () =>
      core.receive("parent", "ann", { lamport: now - 5, parents: [{ id: asMessageId("away"), lamport: now - 10 }] });
    if (order === "the child first") {
      child();
      core.wait(11 * MINUTE);
      expect(completeSince(core.state), "it may be true as long as the parent is not held").toBe(now - 299);
      parent();
    } else {
      parent();
      child();
    }
    expect([...core.state.log.order].map(({ id }) => id)).toEqual(["child"]);
    expect(core.state.log.buffered.size).toBe(1);
    expect(completeSince(core.state)).toBe(core.state.holes.joinLamport);
    core.restart();
    expect(completeSince(core.state), "after a restart").toBe(core.state.holes.joinLamport);
  },
);

//= protocol: HOLE-4
test("what was asked for in vain for a day is not asked for again at each start, unless a person wants it", () => {
  const core = new OneCore();
  core.online();
  core.receive("child", "liar", { parents: [{ id: asMessageId("fake"), lamport: core.now - 1 }] });
  core.wait(30 * 60 * MINUTE);
  core.effects = [];
  core.restart();
  core.online();
  core.wait(60 * MINUTE);
  expect(core.take("fetch")).toEqual([]);
  expect(core.take("send-sync").flatMap(({ sync }) => sync.repairRequests)).toEqual([]);
  core.step({ kind: "fetch-again", id: asMessageId("fake") });
  core.take("fetch");
  core.restart();
  core.online();
  core.wait(MINUTE);
  expect(core.take("fetch").length).toBeGreaterThan(0);
});

test("after a start a hole is a request in the share of those who name it, and of nobody else", () => {
  const core = new OneCore();
  core.online();
  core.receive("child", "ben", { parents: [{ id: asMessageId("hole"), lamport: core.now - 1 }] });
  core.wait(11 * MINUTE);
  core.restart();
  const ben = core.state.participants.byId.get(asParticipantId("ben"));
  expect([...(core.state.holes.missing.get(asMessageId("hole"))?.namedBy ?? [])]).toEqual([ben?.index]);
});

test("a Store is asked for what is missing after two seconds, and again after 4, 8, 16 s and so on, half an hour at most", () => {
  const core = new OneCore();
  core.online();
  core.receive("child", "ben", { parents: [{ id: asMessageId("missing"), lamport: core.now - 1 }] });
  const start = core.now;
  const asked: number[] = [];
  for (let seconds = 1; seconds <= 3 * 60 * 60; seconds++) {
    core.wait(1_000);
    if (core.take("fetch").length > 0) asked.push((core.now - start) / 1_000);
  }
  const pauses = asked.map((at, index) => at - (asked[index - 1] ?? 0));
  expect(pauses.slice(0, 10)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
  expect(new Set(pauses.slice(10))).toEqual(new Set([30 * 60]));
});

test("a hint of another length than hashes have is none, and gives way to one that is", () => {
  const core = new OneCore();
  core.online();
  const [id, lamport] = [asMessageId("missing"), core.now - MINUTE];
  const hints = [31, 33, 0].map((length) => new Uint8Array(length).fill(1));
  for (const [index, hint] of hints.entries()) {
    core.receive(`child ${index}`, "ben", { parents: [{ id, lamport, hint }] });
  }
  expect(core.state.holes.missing.get(id)?.hint).toBeUndefined();
  const hint = new Uint8Array(32).fill(2);
  core.receive("last child", "ben", { parents: [{ id, lamport, hint }] });
  core.wait(5_000);
  expect(core.take("fetch")[0]?.wanted).toEqual([{ id, hint, lamport }]);
});
