import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { audienceFor, isPresent, presentParticipants } from "./presence.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function isThere(core: OneCore, name: string): boolean {
  const participant = core.state.participants.byId.get(asParticipantId(name));
  if (participant === undefined) throw new Error(`Nobody met ${name}.`);
  return isPresent(core.state, participant, core.now);
}

//= protocol: PRESENCE-2
test("who writes now is there; who wrote hours ago and is only repaired by others is not", () => {
  const core = new OneCore();
  core.online();
  core.receive("fresh", "ben");
  core.receive("repaired", "cleo", { lamport: core.now - 5 * HOUR });
  expect(isThere(core, "ben")).toBe(true);
  expect(isThere(core, "cleo")).toBe(false);
  core.hear("cleo", []);
  expect(isThere(core, "cleo")).toBe(true);
});

//= protocol: PRESENCE-1, PRESENCE-2
test("a sync from a Store says that somebody was there when it was sent, a live one that they are there now", () => {
  const core = new OneCore();
  core.online();
  core.wait(3 * HOUR);
  core.hear("ben", [], { lamport: core.now - 2 * HOUR, source: "store" });
  core.hear("cleo", [], { lamport: core.now - 20 * MINUTE, source: "store" });
  core.hear("dora", [], { lamport: core.now - 2 * HOUR });
  expect(["ben", "cleo", "dora"].map((name) => isThere(core, name))).toEqual([false, true, true]);
});

//= protocol: PRESENCE-3
test("nothing from another day, or from beyond what clocks may differ, makes anybody present", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", [], { lamport: core.now - 25 * HOUR });
  core.hear("cleo", [], { lamport: core.now + 11 * MINUTE, source: "store" });
  expect(["ben", "cleo"].map((name) => isThere(core, name))).toEqual([false, false]);
});

//= protocol: PRESENCE-5
test("a sync from beyond the limit is acted on once, and mutes none by a clock that was set right", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("wanted");
  core.taken();
  const request = { repairRequests: [{ messageId: id, retrievalHint: undefined }] };
  const ahead = core.now + HOUR;
  core.hear("ben", [], { lamport: ahead, ...request });
  expect(isThere(core, "ben")).toBe(true);
  core.wait(MINUTE);
  expect(core.take("repair")).toHaveLength(1);
  core.hear("ben", [], { lamport: ahead, ...request });
  core.wait(MINUTE);
  expect(core.take("repair"), "replayed").toHaveLength(0);
  core.hear("ben", [], request);
  core.wait(MINUTE);
  expect(core.take("repair")).toHaveLength(1);
});

/** Names of those who are there, and of the audience of an own message. */
function there(core: OneCore): readonly (readonly string[])[] {
  const { all } = core.state.participants;
  const [me] = all;
  if (me === undefined) throw new Error("Nobody is here.");
  const names = (indexes: readonly number[]) => indexes.map((index) => all[index]?.id ?? "?");
  return [names(presentParticipants(core.state, core.now)), names(audienceFor(core.state, core.now, me))];
}

test("somebody whose word was unsigned is in the audience as soon as their key is known", () => {
  const core = new OneCore({}, "sds");
  core.online();
  core.hear("ben", [], { signed: false, publicKey: null });
  expect(there(core)).toEqual([["me"], []]);
  core.now += 1;
  core.hear("ben", []);
  expect(there(core)).toEqual([["me", "ben"], ["ben"]]);
});

test("the audience follows who comes, goes and comes back, at that very moment", () => {
  const core = new OneCore({ presenceWindowMs: HOUR });
  core.online();
  expect(there(core)).toEqual([["me"], []]);
  core.hear("ben", []);
  expect(there(core)).toEqual([["me", "ben"], ["ben"]]);
  core.wait(30 * MINUTE);
  core.hear("cleo", []);
  expect(there(core)[1]).toEqual(["ben", "cleo"]);
  core.wait(30 * MINUTE - 1);
  expect(there(core)[1]).toEqual(["ben", "cleo"]);
  core.wait(1);
  expect(there(core)[1]).toEqual(["cleo"]);
  core.hear("ben", [], { lamport: core.now + 1 });
  expect(there(core)[1]).toEqual(["ben", "cleo"]);
  // Cleo's window ends next, though Ben's began and ended first.
  core.wait(30 * MINUTE);
  expect(there(core)[1]).toEqual(["ben"]);
});

test("an author is in nobody's audience but others'", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", []);
  core.hear("cleo", []);
  const ben = core.state.participants.byId.get(asParticipantId("ben"));
  if (ben === undefined) throw new Error("Nobody met Ben.");
  expect(audienceFor(core.state, core.now, ben)).toEqual([0, 2]);
  expect(audienceFor(core.state, core.now, ben), "the second time").toEqual([0, 2]);
  expect(there(core)[1]).toEqual(["ben", "cleo"]);
});

test("while offline nobody goes away", () => {
  const core = new OneCore({ presenceWindowMs: HOUR });
  core.online();
  core.hear("ben", []);
  core.online(false);
  core.now += 5 * HOUR;
  core.step({ kind: "wake" });
  expect(there(core)[1]).toEqual(["ben"]);
});

//= protocol: WIRE-19
test("the name of the profile with the highest timestamp counts, whichever comes last", () => {
  const core = new OneCore();
  core.online();
  const say = (profileName: string, lamport: number) => {
    const content = { ...core.content(asMessageId(profileName), "ben", { lamport }), profileName };
    core.step({ kind: "receive-content", content, claim: null, source: "live", hint: undefined });
  };
  say("Benjamin", core.now);
  say("Ben", core.now - 10);
  const name = () => core.state.participants.byId.get(asParticipantId("ben"))?.name;
  expect(name()).toBe("Benjamin");
  core.wait(1);
  say("Benny", core.now);
  expect(name()).toBe("Benny");
});
