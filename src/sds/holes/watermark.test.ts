import { describe, expect, it } from "vitest";
import type { ParentReference } from "../io/records.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { completeSince } from "./holes.ts";

const DAY = HORIZON_MS;
const HOUR = 3_600_000;
const LAMPORT = 1_760_000_000_000;

const name = (n: number): string => `ben-${n}`;
const lamportOf = (n: number): number => LAMPORT + 1_000 + n;
const ref = (n: number): ParentReference => ({ id: asMessageId(name(n)), lamport: lamportOf(n) });

function write(
  core: OneCore,
  n: number,
  fields: { parents?: readonly ParentReference[]; lamport?: number } = {},
): void {
  const { parents = n === 0 ? [] : [ref(n - 1)], lamport = lamportOf(n) } = fields;
  const content = { ...core.content(asMessageId(name(n)), "ben", { lamport, parents, authorSeq: n + 1 }) };
  core.step({ kind: "receive-content", content, claim: null, source: "live", hint: undefined });
}

/** Ben's messages 0 up to `count`, each a cause of the next, two days ago. */
function afterMany(count: number): OneCore {
  const core = new OneCore();
  core.online();
  core.now = LAMPORT + 10_000;
  for (let n = 0; n < count; n++) write(core, n);
  core.now += 2 * DAY;
  return core;
}

const held = ({ state }: OneCore): string[] => [...state.log.order].map(({ id }) => id);
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => name(from + n));

describe("a log that grew too long", () => {
  //= protocol: STATE-5
  it("keeps the newest nine tenths at the next start", () => {
    const core = afterMany(21);
    core.restart(20);
    expect(held(core)).toEqual(range(3, 21));
    expect(core.state.holes.watermark).toBe(lamportOf(3));
    expect([...core.tables.message.keys()]).toEqual(range(3, 21));
    expect([...core.tables.body.keys()]).toEqual(range(3, 21));
    core.restart();
    expect(core.state.holes.watermark).toBe(lamportOf(3));
    expect(held(core)).toEqual(range(3, 21));
  });

  it("stays whole when it is just not too long", () => {
    const core = afterMany(20);
    core.restart(20);
    expect(held(core)).toEqual(range(0, 20));
    expect(core.state.holes.watermark).toBe(0);
  });

  //= protocol: STATE-5
  it("keeps what is younger than a day, however much that is", () => {
    const core = afterMany(21);
    core.now = lamportOf(1) + DAY;
    core.restart(20);
    expect(held(core)).toEqual(range(1, 21));
  });

  //= protocol: STATE-5
  it("keeps heads, the own message that is built on next, and own ones that nobody confirmed", () => {
    const core = new OneCore();
    core.online();
    core.now = LAMPORT;
    const open = core.say("open");
    core.now += 1;
    const received = core.say("received");
    core.now += 1;
    const last = core.say("last");
    core.taken();
    core.receive("alone", "cleo", { lamport: LAMPORT + 500 });
    core.now = LAMPORT + 10_000;
    const parents = [open, received, last].map((id) => ({ id, lamport: core.state.log.entries.get(id)?.lamport ?? 0 }));
    write(core, 0, { parents });
    core.hear("ben", [received, last], { completeSince: core.now });
    for (let n = 1; n < 20; n++) write(core, n);
    core.now += 2 * DAY;
    core.restart(20);
    expect(held(core)).toEqual([open, last, "alone", ...range(2, 20)]);
    expect(core.tables.load().outbox.map(({ id }) => id)).toEqual([open, last]);
    core.restart(20);
    expect(held(core)).toEqual([open, last, "alone", ...range(2, 20)]);
  });

  it("forgets what the ledger told of forgotten messages, before these and a little at a time", () => {
    const core = afterMany(2_600);
    const env = { now: core.now, random: () => 0.5 };
    const { deletions } = restore(core.state.identity, core.tables.load(), env, { maxHistory: 100 });
    const below = deletions.flatMap((change) => (change.op === "delete-below" ? [[change.table, change.key]] : []));
    expect(below).toEqual([0, 1_000, 2_000, 2_510].map((n) => ["summary", lamportOf(n)]));
    expect(deletions.at(-1)).toMatchObject({ op: "delete-below" });
  });

  //= protocol: STATE-6
  it("forgets the same when it dies with the watermark written and some of the rows deleted", () => {
    for (let deletions = 0; deletions <= 6; deletions++) {
      const core = afterMany(21);
      core.restart(20, deletions);
      expect(held(core)).toEqual(range(3, 21));
      core.restart(20);
      expect(held(core), `${deletions} deletions`).toEqual(range(3, 21));
      expect([...core.state.log.heads].map(({ id }) => id)).toEqual([name(20)]);
      expect([...core.tables.message.keys()]).toEqual(range(3, 21));
      expect([...core.tables.body.keys()]).toEqual(range(3, 21));
    }
  });

  //= protocol: STATE-10
  it("shows no new gaps in the numbers of authors", () => {
    const core = new OneCore();
    core.online();
    core.now = LAMPORT + 10_000;
    // A head of Ben's, never built upon, before all others.
    core.step({
      kind: "receive-content",
      content: core.content(asMessageId("first"), "ben", { lamport: LAMPORT, authorSeq: 1 }),
      ...{ claim: null, source: "live", hint: undefined },
    });
    for (let n = 1; n < 30; n++) write(core, n, n === 1 ? { parents: [] } : {});
    core.now += 2 * DAY;
    const gaps = () => core.state.participants.all[1]?.numbers.gaps();
    expect(gaps()).toBe(0);
    core.restart(20);
    expect(held(core)[0]).toBe("first");
    expect(gaps()).toBe(0);
    core.restart(20);
    expect(gaps()).toBe(0);
    write(core, 30);
    expect(gaps()).toBe(0);
    core.now += 1;
    write(core, 32, { parents: [ref(30)] });
    expect(gaps()).toBe(1);
  });
});

describe("below the watermark", () => {
  function forgetful(): OneCore {
    const core = afterMany(21);
    core.restart(20);
    core.online();
    core.effects = [];
    return core;
  }

  //= protocol: STATE-7, RECEIVE-4
  it("content that is not held is refused and changes nothing", () => {
    const core = forgetful();
    const tables = core.tables.load();
    write(core, 2);
    expect(core.take("reject")).toEqual([{ kind: "reject", reason: "below-watermark" }]);
    expect(core.tables.load()).toEqual(tables);
    expect(held(core)).toEqual(range(3, 21));
  });

  it("content at it is taken", () => {
    const core = forgetful();
    core.receive("another", "cleo", { lamport: lamportOf(3) });
    expect(core.take("reject")).toEqual([]);
    expect(held(core)).toContain("another");
  });

  //= protocol: STATE-8
  it("a cause counts as known: it holds up nothing and is neither missed nor asked for", () => {
    const core = forgetful();
    core.receive("late", "cleo", { parents: [ref(1)] });
    expect(core.state.log.entries.get(asMessageId("late"))?.status).toBe("delivered");
    expect(core.state.holes.missing.size).toBe(0);
    core.wait(HOUR);
    expect(core.take("fetch")).toEqual([]);
    expect(core.take("send-sync").flatMap(({ sync }) => sync.repairRequests)).toEqual([]);
  });

  //= protocol: STATE-8
  it("a cause that somebody signs a later time for is missed until it comes and is too old", () => {
    const core = forgetful();
    core.receive("late", "cleo", { parents: [{ id: asMessageId(name(1)), lamport: lamportOf(10) }] });
    core.wait(10_000);
    expect(core.state.holes.missing.get(asMessageId(name(1)))?.state).toBe("fetching");
    expect(core.state.log.entries.get(asMessageId("late"))?.status).toBe("buffered");
    write(core, 1);
    expect(core.state.holes.missing.size).toBe(0);
    expect(core.tables.load().holes).toEqual([]);
    expect(core.state.log.entries.get(asMessageId("late"))?.status).toBe("delivered");
  });

  //= protocol: STATE-8
  it("an id that only syncs name is asked for until it was seen once", () => {
    const core = forgetful();
    core.hear("cleo", [name(1), name(20)]);
    expect(core.state.holes.missing.has(asMessageId(name(1)))).toBe(true);
    expect(core.state.participants.all.find(({ id }) => id === "cleo")?.unresolvedClaims).toBe(1);
    write(core, 1);
    expect(core.state.holes.missing.size).toBe(0);
    core.now += 1_000;
    core.hear("cleo", [name(1), name(20)]);
    const cleo = core.state.participants.all.find(({ id }) => id === "cleo");
    expect(core.state.holes.missing.size).toBe(0);
    expect(cleo?.unresolvedClaims).toBe(0);
    expect([...(cleo?.claims.ids() ?? [])]).toEqual([name(20)]);
    // No difference, so no reason to talk.
    expect(cleo?.lastDifference).toBeNull();
  });

  it("a cause that its author lists as held leaves no claim that waits", () => {
    const core = forgetful();
    const content = core.content(asMessageId("late"), "cleo", { parents: [ref(1), ref(20)] });
    const claim: IncomingClaim = {
      ...{ sender: content.sender, signed: true, publicKey: content.publicKey, lamport: core.now },
      ...{ by: "content", completeSince: 0, repairRequests: [], receiptsWantedFrom: null },
      listed: content.parents.map(({ id }) => ({ messageId: id, retrievalHint: undefined })),
    };
    core.step({ kind: "receive-content", content, claim, source: "live", hint: undefined });
    core.step({ kind: "receive-claim", id: content.id, claim, copy: null, source: "live" });
    const cleo = core.state.participants.all.find(({ id }) => id === "cleo");
    expect([...(cleo?.claims.ids() ?? [])]).toEqual([name(20)]);
    expect(cleo?.unresolvedClaims).toBe(0);
    expect(core.state.evidence.pending.size).toBe(0);
  });

  //= protocol: STATE-8
  it("holes are dropped", () => {
    const core = new OneCore();
    core.online();
    core.now = LAMPORT + 10_000;
    const unheard = { id: asMessageId("unheard"), lamport: LAMPORT + 900 };
    write(core, 0, { parents: [unheard] });
    core.wait(HOUR);
    for (let n = 1; n < 21; n++) write(core, n);
    expect(core.tables.load().holes.map(({ id }) => id)).toEqual(["unheard"]);
    core.now += 2 * DAY;
    core.restart(20);
    expect(core.state.holes.missing.size).toBe(0);
    expect(core.tables.load().holes).toEqual([]);
  });

  it("what waits for a cause that is known by now is delivered at the start", () => {
    const core = afterMany(21);
    core.online(false);
    core.receive("waits", "cleo", { parents: [{ id: asMessageId("unheard"), lamport: lamportOf(1) + 1 }] });
    expect(core.state.log.entries.get(asMessageId("waits"))?.status).toBe("buffered");
    core.restart(20);
    core.online();
    core.wait(1);
    expect(core.state.log.entries.get(asMessageId("waits"))?.status).toBe("delivered");
    expect(core.state.holes.missing.size).toBe(0);
  });

  //= protocol: STATE-9, SINCE-1
  it("nothing is claimed: complete_since is not below it", () => {
    const core = forgetful();
    expect(completeSince(core.state)).toBe(lamportOf(3));
  });
});

it("takes what only forgotten messages name out of the share of who named it", () => {
  const core = new OneCore({}, "sds");
  core.online();
  core.now = LAMPORT + 10_000;
  const content = core.content(asMessageId("plain"), "plain", {
    lamport: LAMPORT,
    parents: [{ id: asMessageId("never"), lamport: null }],
  });
  core.step({
    kind: "receive-content",
    content: { ...content, signed: false, publicKey: null, authorSeq: null },
    ...{ claim: null, source: "live", hint: undefined },
  });
  core.wait(11 * 60_000);
  for (let n = 0; n < 30; n++) write(core, n, n === 0 ? { parents: [] } : {});
  // It is no head, so that it may be forgotten.
  write(core, 30, {
    parents: [
      { id: asMessageId("plain"), lamport: LAMPORT },
      { id: asMessageId(name(29)), lamport: lamportOf(29) },
    ],
  });
  core.now += 2 * DAY;
  core.restart(20);
  expect(core.state.log.entries.has(asMessageId("plain"))).toBe(false);
  expect(core.state.participants.all.flatMap(({ followed, awaited }) => [...followed, ...awaited])).toEqual([]);
});
