import { describe, expect, it } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { giveUpBodies, isBodyGivenUp, NEWEST_BODIES } from "./give-up-bodies.ts";

const ALL = { count: 1_000, bytes: 1_000_000 };
const idOf = (n: number): string => `ben-${String(n).padStart(5, "0")}`;

/** Ben has written so many messages, each one a cause of the next. */
function afterMany(count: number): OneCore {
  const core = new OneCore();
  core.online();
  for (let n = 0; n < count; n++) receive(core, n);
  return core;
}

function receive(core: OneCore, n: number): void {
  const lamport = core.now - 100_000 + n;
  const parents = n === 0 ? [] : [{ id: asMessageId(idOf(n - 1)), lamport: lamport - 1 }];
  core.receive(idOf(n), "ben", { lamport, parents });
}

const ids = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => idOf(from + n));

describe("giveUpBodies", () => {
  //= protocol: STATE-4
  it("chooses the oldest, goes on from there, and leaves the newest", () => {
    const { state } = afterMany(NEWEST_BODIES + 50);
    expect(ids(giveUpBodies(state, { ...ALL, count: 20 }))).toEqual(range(0, 20));
    expect(ids(giveUpBodies(state, ALL))).toEqual(range(20, 50));
    expect(giveUpBodies(state, ALL)).toEqual([]);
  });

  it("ends a batch when it has enough bytes", () => {
    const { state } = afterMany(NEWEST_BODIES + 50);
    const [first] = [...state.log.order];
    expect(giveUpBodies(state, { count: 1_000, bytes: 3 * (first?.size ?? 0) })).toHaveLength(3);
  });

  it("chooses nothing in a channel that is no longer than what always stays", () => {
    expect(giveUpBodies(afterMany(NEWEST_BODIES).state, ALL)).toEqual([]);
  });

  it("takes those together that share a timestamp, so that none is left behind", () => {
    const core = new OneCore();
    core.online();
    const lamport = core.now - 200_000;
    for (const name of ["a", "b", "c"]) core.receive(name, "cleo", { lamport });
    for (let n = 0; n < NEWEST_BODIES; n++) receive(core, n);
    // They are heads; somebody builds on them.
    const parents = ["a", "b", "c"].map((id) => ({ id: asMessageId(id), lamport }));
    core.receive("last", "cleo", { parents });
    expect(ids(giveUpBodies(core.state, { ...ALL, count: 1 }))).toEqual(["a", "b", "c"]);
  });

  //= protocol: STATE-4
  it("leaves heads, and own messages that nobody confirmed", () => {
    const core = new OneCore();
    core.online();
    const unconfirmed = core.say("one");
    core.taken();
    core.now += 1_000;
    const confirmed = core.say("two");
    core.taken();
    core.receive("alone", "cleo");
    core.now += 200_000;
    core.receive("reply", "ben", {
      parents: [unconfirmed, confirmed].map((id) => ({ id, lamport: core.state.log.entries.get(id)?.lamport ?? 0 })),
    });
    core.hear("ben", [confirmed], { completeSince: core.now });
    for (let n = 0; n < NEWEST_BODIES; n++) receive(core, n);
    expect(core.state.outbox.items.get(unconfirmed)?.stage).not.toBe("settled");
    expect(core.state.outbox.items.get(confirmed)?.stage).toBe("settled");
    expect(core.state.log.heads.has(core.state.log.entries.get(asMessageId("alone")) as never)).toBe(true);
    const given = ids(giveUpBodies(core.state, ALL));
    expect(given).toContain(confirmed);
    expect(given).not.toContain(unconfirmed);
    expect(given).not.toContain("alone");
  });

  it("goes on from the same place after a restart", () => {
    const core = afterMany(NEWEST_BODIES + 50);
    giveUpBodies(core.state, { ...ALL, count: 20 });
    core.tables.apply([{ op: "meta", key: "bodiesSince", value: core.state.holes.bodiesSince }]);
    core.restart();
    expect(ids(giveUpBodies(core.state, ALL))).toEqual(range(20, 50));
  });

  //= protocol: STATE-4, REPAIR-8
  it("what is given up is still received, and others are not promised it", () => {
    const core = afterMany(NEWEST_BODIES + 50);
    const [oldest] = giveUpBodies(core.state, { ...ALL, count: 1 });
    if (oldest === undefined) throw new Error("Nothing was given up.");
    expect(isBodyGivenUp(core.state, oldest)).toBe(true);
    expect(core.state.participants.all[0]?.credits.has(oldest.number)).toBe(true);
    const request = (id: string) => [{ messageId: asMessageId(id), retrievalHint: undefined }];
    core.hear("cleo", [], { lamport: core.now, completeSince: core.now, repairRequests: request(oldest.id) });
    expect([...core.state.repair.answers.keys()]).toEqual([]);
    core.now += 1;
    core.hear("cleo", [], { lamport: core.now, completeSince: core.now, repairRequests: request(idOf(1)) });
    expect([...core.state.repair.answers.keys()]).toEqual([idOf(1)]);
  });
});
