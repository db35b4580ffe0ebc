import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { isPresent } from "./presence.ts";

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
