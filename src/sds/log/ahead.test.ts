import { describe, expect, test } from "vitest";
import { prepare } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** An hour fast, then set right: one message from before, one from the time when it was wrong. */
function hourFast(): { core: OneCore; before: string; wrong: string } {
  const core = new OneCore();
  core.online();
  const before = core.say("before");
  core.taken();
  core.now += HOUR;
  const wrong = core.say("wrong");
  core.taken();
  core.now -= HOUR;
  return { core, before, wrong };
}

function heads(core: OneCore): string[] {
  return [...core.state.log.heads].map(({ id }) => id);
}

function nextParents(core: OneCore): string[] {
  return prepare(core.state, { now: core.now, random: () => 0.5 }).parents.map(({ id }) => id);
}

describe("a clock that was an hour fast and is set right", () => {
  //= protocol: TIME-7, TIME-8, COMPOSE-4
  test("what was said meanwhile is no head and no parent, and the Lamport clock falls to what others take", () => {
    const { core, before } = hourFast();
    core.step({ kind: "wake" });
    expect(heads(core)).toEqual([before]);
    expect(nextParents(core)).toEqual([before]);
    expect(core.state.clock.lamport).toBeLessThanOrEqual(core.now + 10 * MINUTE);
    expect(prepare(core.state, { now: core.now, random: () => 0.5 }).lamport).toBe(core.now + 1);
  });

  //= protocol: TIME-7, TIME-8
  test("a sync does not claim it, and has a timestamp that others act on", () => {
    const { core, before } = hourFast();
    core.online(false);
    core.online();
    core.take("send-sync");
    core.wait(MINUTE);
    const [sync] = core.take("send-sync");
    expect(sync?.sync.causalHistory.map(({ messageId }) => messageId)).toEqual([before]);
    expect(sync?.sync.lamport).toBeLessThanOrEqual(core.now);
  });

  //= protocol: TIME-7
  test("it takes its place when time has caught up", () => {
    const { core, before, wrong } = hourFast();
    core.step({ kind: "wake" });
    const right = core.say("right");
    expect(heads(core)).toEqual([right]);
    core.wait(HOUR);
    expect(heads(core).sort()).toEqual([right, wrong].sort());
    expect(core.state.log.ahead.size).toBe(0);
    expect(core.state.log.entries.get(asMessageId(before))?.deliveredChildren).toBe(2);
  });

  test("a restart before that knows it again", () => {
    const { core, before, wrong } = hourFast();
    core.step({ kind: "wake" });
    core.restart();
    expect(heads(core)).toEqual([before]);
    expect([...core.state.log.ahead].map(({ id }) => id)).toEqual([wrong]);
    core.restart();
    core.online();
    core.wait(HOUR);
    expect(heads(core)).toEqual([wrong]);
  });

  test("a restart by a clock that is right again goes on above what is in the log", () => {
    const { core, wrong } = hourFast();
    core.step({ kind: "wake" });
    core.now += HOUR;
    core.restart();
    expect(heads(core)).toEqual([wrong]);
    const { lamport, parents } = prepare(core.state, { now: core.now - 5 * MINUTE, random: () => 0.5 });
    for (const parent of parents) expect(parent.lamport).toBeLessThan(lamport);
  });

  //= protocol: TIME-7
  test("others' messages that a fast clock let in wait as well", () => {
    const core = new OneCore();
    core.online();
    core.now += HOUR;
    core.receive("poison", "liar", { lamport: core.now + 5 * MINUTE });
    expect(heads(core)).toEqual(["poison"]);
    core.now -= HOUR;
    core.step({ kind: "wake" });
    expect(heads(core)).toEqual([]);
    expect(nextParents(core)).toEqual([]);
  });
});

//= protocol: TIME-8
test("syncs have timestamps that others act on again, though nothing was written while the clock was wrong", () => {
  const core = new OneCore();
  core.now += HOUR;
  core.online();
  core.wait(MINUTE);
  expect(core.take("send-sync").length).toBeGreaterThan(0);
  core.now -= HOUR;
  core.step({ kind: "wake" });
  core.wait(10 * MINUTE);
  const syncs = core.take("send-sync");
  expect(syncs.length).toBeGreaterThan(0);
  for (const { sync } of syncs) expect(sync.lamport).toBeLessThan(core.now + 10 * MINUTE);
});

describe("plans when the clock is set", () => {
  //= protocol: TIME-6
  test("back by an hour: resends and syncs come as they would have, and connected time goes on", () => {
    const core = new OneCore();
    core.online();
    core.wait(MINUTE);
    core.say("hello");
    core.taken();
    core.now -= HOUR;
    core.step({ kind: "wake" });
    core.wait(30_000);
    expect(core.taken().length).toBeGreaterThan(0);
    core.take("send-sync");
    core.wait(40 * MINUTE);
    expect(core.take("send-sync").length).toBeGreaterThan(0);
    const { connection } = core.state.clock;
    const connected = connection.accumulatedMs + core.now - connection.since;
    expect(connected).toBe(MINUTE + 30_000 + 40 * MINUTE);
  });

  //= protocol: TIME-6
  test("corrected forward by an hour: nobody becomes absent and nothing is due at once", () => {
    const core = new OneCore();
    core.online();
    core.hear("ben", []);
    core.wait(MINUTE);
    core.take("send-sync");
    core.now += HOUR;
    core.step({ kind: "clock-corrected", correctionMs: HOUR });
    expect(core.take("send-sync")).toEqual([]);
    const { connection } = core.state.clock;
    expect(connection.accumulatedMs + core.now - connection.since).toBe(MINUTE);
  });
});
