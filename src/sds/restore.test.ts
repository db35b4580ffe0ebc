import { expect, it } from "vitest";
import { receivedBy } from "./evidence/received-by.ts";
import { completeSince } from "./holes/holes.ts";
import { OneCore } from "./testing/one-core.ts";
import { asMessageId, asParticipantId } from "./wire/ids.ts";

/** What a start derives, where the property of `restore.property.test.ts` does not reach. */

const parentsOf = (...named: readonly (readonly [id: string, lamport: number])[]) =>
  named.map(([id, lamport]) => ({ id: asMessageId(id), lamport }));

function whoHas(core: OneCore, id: string): string[] {
  const { log, participants } = core.state;
  const entry = log.entries.get(asMessageId(id));
  if (entry === undefined) throw new Error(`${id} is not held.`);
  return [...receivedBy(core.state, entry)].map((index) => `${participants.all[index]?.id}`);
}

//= protocol: EDGE-2
it("follows no claim over a false edge, nor below what is claimed", () => {
  const core = new OneCore();
  core.online();
  const { now } = core;
  core.receive("old", "ben", { lamport: now - 50 });
  core.receive("a", "ben", { lamport: now - 40, parents: parentsOf(["old", now - 50]) });
  core.receive("b", "ben", { lamport: now - 30 });
  core.receive("child", "ben", { lamport: now - 20, parents: parentsOf(["a", now - 40], ["b", now - 29]) });
  core.hear("dora", ["child"], { completeSince: now - 40 });
  const known = () => ["old", "a", "b", "child"].map((id) => whoHas(core, id).includes("dora"));
  expect(known()).toEqual([false, true, false, true]);
  core.restart();
  expect(known()).toEqual([false, true, false, true]);
});

//= protocol: SINCE-3
it("claims no more than before of what came late and waits for its own causes", () => {
  const core = new OneCore();
  core.online();
  const { now } = core;
  core.receive("child", "ben", { lamport: now - 10, parents: parentsOf(["late", now - 20]) });
  core.wait(11 * 60_000);
  expect(core.state.log.order.size).toBe(1);
  core.receive("late", "ben", { lamport: now - 20, parents: parentsOf(["missing", now - 30]) });
  expect(core.state.log.buffered.size).toBe(1);
  const before = completeSince(core.state);
  expect(before).toBeGreaterThan(now - 20);
  core.restart();
  expect(completeSince(core.state)).toBe(before);
});

//= protocol: CLAIM-8
it("keeps over any number of starts what proves own messages, and no more than that", () => {
  const core = new OneCore();
  core.online();
  const first = core.say("one");
  core.taken();
  const { lamport } = core.state.log.entries.get(first) ?? { lamport: 0 };
  const { now } = core;
  core.receive("reply", "ben", { lamport: now + 10, parents: parentsOf([first, lamport]) });
  core.receive("more", "cleo", { lamport: now + 20, parents: parentsOf(["reply", now + 10], ["never", now + 5]) });
  core.hear("dora", ["reply"], { completeSince: lamport, lamport: now + 30 });
  core.hear("dora", ["more"], { completeSince: now + 1, lamport: now + 31 });
  const kept = () => {
    const dora = core.state.participants.byId.get(asParticipantId("dora"));
    return dora?.claims.ids().map((id) => [id, dora.claims.get(id), dora.claims.isNeeded(id)]);
  };
  const before = kept();
  expect(whoHas(core, first)).toContain("dora");
  for (let starts = 0; starts < 3; starts++) {
    core.restart();
    expect(kept()).toEqual(before);
    expect(whoHas(core, first)).toContain("dora");
  }
});

//= protocol: STATE-8
it("waits for nothing below the watermark, so that a claim over it may give way to newer ones", () => {
  const core = new OneCore();
  core.online();
  const start = core.now;
  for (let n = 0; n < 10; n++) {
    core.receive(`m${n}`, "ben", {
      lamport: start + n,
      parents: n === 0 ? [] : parentsOf([`m${n - 1}`, start + n - 1]),
    });
  }
  core.hear("dora", ["m9"], { completeSince: start });
  core.wait(25 * 3_600_000);
  core.restart(4, Number.POSITIVE_INFINITY);
  core.restart();
  const dora = core.state.participants.byId.get(asParticipantId("dora"));
  expect(core.state.log.entries.size).toBeLessThan(10);
  expect(core.state.log.entries.size).toBeGreaterThan(1);
  expect(dora?.claims.size).toBeGreaterThan(0);
  expect(dora?.claims.ids().filter((id) => dora.claims.isNeeded(id))).toEqual([]);
});
