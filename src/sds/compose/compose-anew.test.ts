import { describe, expect, test } from "vitest";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { OneCore } from "../testing/one-core.ts";
import type { MessageId } from "../wire/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function log(core: OneCore): MessageId[] {
  return [...core.state.log.order].map(({ id }) => id);
}

function seqs(core: OneCore): (number | null)[] {
  return [...core.state.log.order].filter(({ mine }) => mine).map(({ authorSeq }) => authorSeq);
}

function parentsOf(core: OneCore, id: MessageId | undefined): string[] {
  const entry = id === undefined ? undefined : core.state.log.entries.get(id);
  return (entry?.parents ?? []).map((parent) => parent.id);
}

/** Offline, with one message of somebody and three of mine. */
function offlineWithThree(): { core: OneCore; own: [MessageId, MessageId, MessageId] } {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  core.online(false);
  const own = ["one", "two", "three"].map((text) => {
    core.wait(1_000);
    return core.say(text);
  });
  return { core, own: own as [MessageId, MessageId, MessageId] };
}

describe("deleting a message that never left", () => {
  //= protocol: ANEW-1, ANEW-2, ID-3
  test("a void takes its number and place, those after it are composed anew, and the numbers have no gap", () => {
    const { core, own } = offlineWithThree();
    core.step({ kind: "withdraw", id: own[1] });
    const anew = core.composeAnew();
    expect(anew).toHaveLength(2);
    expect(log(core)).toEqual(["theirs", own[0], ...anew]);
    expect(seqs(core)).toEqual([1, 2, 3]);
    expect(core.state.log.entries.get(anew[0] as MessageId)?.type).toBe(MESSAGE_TYPE.void);
    expect(parentsOf(core, anew[0])).toEqual([own[0]]);
    expect(parentsOf(core, anew[1])).toEqual([anew[0]]);
    expect([...core.state.log.heads].map(({ id }) => id)).toEqual([anew[1]]);
    core.online();
    expect(core.taken()).toEqual([own[0], ...anew]);
  });

  //= protocol: ANEW-1
  test("a restart finds the new ones, and nothing of the old", () => {
    const { core, own } = offlineWithThree();
    core.step({ kind: "withdraw", id: own[0] });
    const anew = core.composeAnew();
    expect(core.tables.body.has(own[0])).toBe(false);
    core.restart();
    expect(log(core)).toEqual(["theirs", ...anew]);
    core.online();
    expect(core.taken()).toEqual(anew);
  });

  test("until it is done nothing leaves, and a kill meanwhile changes nothing", () => {
    const { core, own } = offlineWithThree();
    core.step({ kind: "withdraw", id: own[1] });
    core.online();
    expect(core.taken()).toEqual([own[0]]);
    core.restart();
    core.effects = [];
    core.online();
    expect(core.taken()).toEqual(expect.arrayContaining([own[1], own[2]]));
  });

  test("what is composed anew does not name what the network refused for good", () => {
    const core = new OneCore();
    core.online();
    core.receive("theirs", "ben");
    core.wait(1_000);
    core.say("too large");
    for (const { id, attempt } of core.take("send")) {
      const outcome = { ok: false, reason: "too large", retryable: false } as const;
      core.step({ kind: "attempt-result", id, attempt, outcome });
    }
    core.online(false);
    core.wait(1_000);
    const next = core.say("next");
    expect(parentsOf(core, next)).toEqual(["theirs"]);
    core.step({ kind: "withdraw", id: next });
    const [anew] = core.composeAnew();
    expect(parentsOf(core, anew)).toEqual(["theirs"]);
  });

  test("what never left is not hidden instead while later ones are being composed anew: its number would be a gap", () => {
    const { core, own } = offlineWithThree();
    core.step({ kind: "withdraw", id: own[1] });
    core.step({ kind: "withdraw", id: own[0] });
    core.composeAnew();
    core.step({ kind: "withdraw", id: own[0] });
    const anew = core.composeAnew();
    core.online();
    expect(core.taken()).toEqual(anew);
    expect(seqs(core)).toEqual([1, 2, 3]);
  });

  test("when composing fails they stay as they were, and leave a little later", () => {
    const { core, own } = offlineWithThree();
    core.step({ kind: "withdraw", id: own[2] });
    const [asked] = core.take("compose-anew");
    core.step({ kind: "composed-anew", ids: asked?.ids ?? [], contents: [] });
    expect(log(core)).toEqual(["theirs", ...own]);
    core.online();
    core.wait(10 * MINUTE);
    expect(core.taken()).toEqual(expect.arrayContaining([own[2]]));
  });

  //= protocol: ANEW-4
  test("nobody is told of a message before it leaves", () => {
    const core = new OneCore({ budgetPerTenMinutes: 1 });
    core.online();
    core.say("uses up the budget");
    core.taken();
    core.receive("theirs", "ben");
    const waiting = core.say("waits");
    core.wait(5 * MINUTE);
    const listed = core.take("send-sync").flatMap(({ sync }) => sync.causalHistory.map(({ messageId }) => messageId));
    expect(listed).toContain("theirs");
    expect(core.state.outbox.items.get(waiting)?.attempts).toBe(0);
    expect(listed).not.toContain(waiting);
  });
});

describe("deleting a message that may have left", () => {
  //= protocol: ANEW-5
  test("its text goes, its place stays, it is not sent again, nor repaired", () => {
    const core = new OneCore();
    core.online();
    const id = core.say("regretted");
    core.taken();
    core.hear("cleo", [], { repairRequests: [{ messageId: id, retrievalHint: undefined }] });
    core.step({ kind: "withdraw", id });
    expect(core.take("compose-anew")).toEqual([]);
    expect(core.tables.body.has(id)).toBe(false);
    core.hear("ben", [], { repairRequests: [{ messageId: id, retrievalHint: undefined }] });
    core.wait(HOUR);
    expect(core.take("send")).toEqual([]);
    expect(core.take("repair")).toEqual([]);
    core.restart();
    expect(core.state.log.entries.get(id)?.removed).toBe(true);
    expect(parentsOf(core, core.say("next")), "who lacks it need not wait for it").toEqual([]);
  });
});

//= protocol: ANEW-5
test("syncs name what a deleted message was built on: nobody can learn it from the message any more", () => {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  core.wait(10);
  const id = core.say("regretted");
  core.taken();
  core.wait(10);
  const next = core.say("next");
  core.taken();
  core.step({ kind: "withdraw", id });
  core.restart();
  core.online();
  core.take("send-sync");
  core.wait(MINUTE);
  const listed = core.take("send-sync")[0]?.sync.causalHistory.map(({ messageId }) => messageId);
  expect(listed?.sort()).toEqual([next, "theirs"].sort());
});

describe("what waited to leave for long", () => {
  //= protocol: ANEW-1, ANEW-3
  test("after a day it is composed anew before its first attempt, with what came meanwhile as its causes", () => {
    const { core, own } = offlineWithThree();
    core.wait(25 * HOUR);
    core.receive("later", "cleo");
    core.online();
    expect(core.taken()).toEqual([]);
    const anew = core.composeAnew();
    expect(anew).toHaveLength(3);
    expect(parentsOf(core, anew[0]).sort()).toEqual(["later", "theirs"]);
    expect(seqs(core)).toEqual([1, 2, 3]);
    for (const id of anew) expect(core.state.log.entries.get(id)?.lamport).toBeGreaterThan(core.now - MINUTE);
    core.wait(1);
    expect(core.taken()).toEqual(anew);
    expect(log(core)).not.toContain(own[0]);
  });

  //= protocol: ANEW-3, TIME-8
  test("what a wrong clock dated ahead is composed anew as well; what left is not", () => {
    const core = new OneCore();
    core.online();
    core.now += HOUR;
    const left = core.say("left");
    core.taken();
    core.online(false);
    const waiting = core.say("waiting");
    core.now -= HOUR;
    core.online();
    const anew = core.composeAnew();
    expect(anew).toEqual([`${waiting}'`]);
    expect(core.state.log.entries.get(anew[0] as MessageId)?.lamport).toBeLessThanOrEqual(core.now + 1_000);
    expect(log(core)).toContain(left);
    expect(parentsOf(core, anew[0])).toEqual([]);
  });
});

test("one that was composed while others are being replaced names them: it does not leave, and is composed anew with them", () => {
  const core = new OneCore();
  const first = core.say("one");
  core.step({ kind: "withdraw", id: first });
  const second = core.say("two");
  core.online();
  expect(core.take("send"), "before the first is replaced").toEqual([]);
  expect(core.composeAnew(), "the first alone, in vain").toHaveLength(1);
  expect(core.state.log.entries.has(first), "nothing changed yet").toBe(true);
  const anew = core.composeAnew();
  expect(anew).toHaveLength(2);
  core.wait(60_000);
  expect(new Set(core.taken()), "both leave under their new ids").toEqual(new Set(anew));
  expect(core.state.log.entries.has(first) || core.state.log.entries.has(second)).toBe(false);
  const [voided] = anew.map((id) => core.state.log.entries.get(id));
  expect([voided?.type, voided?.authorSeq]).toEqual([MESSAGE_TYPE.void, 1]);
});

test("what is being composed anew is not deleted under its old id", () => {
  const core = new OneCore();
  core.say("one");
  const second = core.say("two");
  core.wait(25 * 3_600_000);
  core.online();
  core.step({ kind: "withdraw", id: second });
  expect(core.state.log.entries.get(second)?.removed).toBe(false);
  expect(core.composeAnew()).toHaveLength(2);
});
