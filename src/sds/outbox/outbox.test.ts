import { expect, test } from "vitest";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { OneCore } from "../testing/one-core.ts";
import type { MessageId } from "../wire/ids.ts";
import { deliveryStateOf } from "./delivery-state.ts";

const MINUTE = 60_000;

//= protocol: SEND-6
test("what a Store keeps is sent again only when somebody is heard who lacks it", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  expect(core.taken()).toEqual([id]);
  core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  expect(core.state.outbox.items.get(id)?.stage).toBe("stored");
  core.wait(30 * MINUTE);
  expect(core.take("send"), "nobody is there").toEqual([]);
  core.hear("ben", []);
  core.wait(MINUTE);
  expect(core.taken()).toEqual([id]);
  core.wait(30 * MINUTE);
  expect(core.take("send"), "not heard since").toEqual([]);
  core.hear("ben", [id]);
  core.wait(30 * MINUTE);
  expect(core.take("send"), "has it").toEqual([]);
  expect(core.state.outbox.items.get(id)?.stage).toBe("settled");
});

//= protocol: SEND-5
test("what a Store is said to keep is unconfirmed like what was sent, two minutes online after it left, over restarts too", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  core.taken();
  core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  const shown = () => {
    const item = core.state.outbox.items.get(id);
    if (item === undefined) throw new Error("it is not in the outbox");
    return deliveryStateOf({ received: new Set(), audience: [], level: 1 }, item).kind;
  };
  expect(shown()).toBe("stored");
  core.wait(2 * MINUTE - 1_000);
  expect(shown()).toBe("stored");
  core.wait(2_000);
  expect(shown()).toBe("unconfirmed");
  const told = core.tables.load().outbox[0];
  expect(told).toMatchObject({ stage: "stored", aged: true });
  core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  core.restart();
  core.online();
  expect(shown()).toBe("unconfirmed");
  core.step({ kind: "send-again", id });
  expect([core.taken(), shown()]).toEqual([[id], "stored"]);
});

//= protocol: SEND-6
test("of several stored messages only the newest goes out, also after a restart", () => {
  const core = new OneCore();
  core.online();
  const ids = ["one", "two", "three"].map((text) => {
    core.wait(10);
    return core.say(text);
  });
  core.taken();
  for (const id of ids) core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  core.restart();
  core.online();
  core.wait(10 * MINUTE);
  expect(core.take("send")).toEqual([]);
  core.hear("ben", []);
  core.wait(MINUTE);
  expect(core.taken()).toEqual(ids.slice(-1));
});

const HOUR = 60 * MINUTE;

/** Two messages that nobody confirmed within two minutes. */
function twoUnconfirmed() {
  const core = new OneCore();
  core.online();
  const older = core.say("older");
  core.wait(10);
  const newer = core.say("newer");
  const stageOf = (id: MessageId) => core.state.outbox.items.get(id)?.stage;
  for (let seconds = 0; seconds < 180; seconds += 5) {
    core.taken();
    core.wait(5_000);
  }
  expect([stageOf(older), stageOf(newer)]).toEqual(["unconfirmed", "unconfirmed"]);
  core.taken();
  return { core, older, newer, stageOf };
}

//= protocol: SEND-5
test("a person may send an unconfirmed message again, also when it is not the newest", () => {
  const { core, older, stageOf } = twoUnconfirmed();
  core.step({ kind: "send-again", id: older });
  expect(core.taken()).toEqual([older]);
  expect(stageOf(older), "with patience anew").toBe("sent");
  core.wait(3 * MINUTE);
  expect(stageOf(older)).toBe("unconfirmed");
});

test("a person may send again after stopping, and after a day", () => {
  const { core, newer, stageOf } = twoUnconfirmed();
  core.step({ kind: "stop-sending", id: newer });
  core.step({ kind: "send-again", id: newer });
  expect(core.taken()).toEqual([newer]);
  expect(stageOf(newer)).toBe("sent");
  for (let minutes = 0; minutes < 25 * 60; minutes++) {
    core.taken();
    core.wait(MINUTE);
  }
  core.step({ kind: "send-again", id: newer });
  expect(core.taken()).toEqual([newer]);
});

test("a status that was stopped is sent when a person asks for it", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("away", { type: MESSAGE_TYPE.status });
  core.step({ kind: "stop-sending", id });
  core.take("send");
  const outcome = { ok: true, hint: new Uint8Array(32) } as const;
  core.step({ kind: "attempt-result", id, attempt: 1, outcome });
  core.step({ kind: "send-again", id });
  expect(core.taken()).toEqual([id]);
  core.wait(HOUR);
  expect(core.take("send"), "once").toEqual([]);
});

test("of unconfirmed messages the newest is sent again, whatever newer ones a Store keeps", () => {
  const core = new OneCore();
  core.online();
  const unconfirmed = core.say("older");
  core.wait(10);
  const stored = core.say("newer");
  core.taken();
  core.step({ kind: "seen-again", whole: true, id: stored, source: "store", hint: undefined });
  let sent = 0;
  for (let minutes = 0; minutes < 60; minutes++) {
    core.wait(MINUTE);
    sent += core.taken().filter((id) => id === unconfirmed).length;
  }
  expect(sent).toBeGreaterThanOrEqual(10);
});

//= protocol: SEND-3
test("after a day nothing is sent again by itself, and nothing is looked through for it", () => {
  const core = new OneCore();
  core.online();
  const ids = ["one", "two"].map((text) => core.say(text));
  core.taken();
  for (const id of ids) core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  expect(core.state.outbox.open.size).toBe(2);
  core.wait(25 * HOUR);
  expect(core.state.outbox.open.size).toBe(0);
});

test("a person who asks again and then stops it, or deletes it, before it left is obeyed", () => {
  for (const kind of ["stop-sending", "withdraw"] as const) {
    const core = new OneCore();
    core.online();
    const id = core.say("hello");
    core.taken();
    core.online(false);
    core.step({ kind: "send-again", id });
    core.step({ kind, id });
    core.online();
    core.wait(MINUTE);
    expect(core.take("send"), kind).toEqual([]);
  }
});

test("what was deleted cannot be sent again: its bytes are gone", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  core.taken();
  core.step({ kind: "withdraw", id });
  core.step({ kind: "send-again", id });
  core.wait(MINUTE);
  expect(core.take("send")).toEqual([]);
  expect(core.state.outbox.items.get(id)?.stage).toBe("stopped");
});

//= protocol: SEND-5
test("that a person asked survives a restart, however old the message is, until it was sent", () => {
  const { core, newer } = twoUnconfirmed();
  core.wait(25 * HOUR);
  core.online(false);
  core.step({ kind: "send-again", id: newer });
  core.restart();
  core.online();
  expect(core.taken()).toEqual([newer]);
  core.restart();
  core.online();
  core.wait(HOUR);
  expect(core.take("send"), "once").toEqual([]);
});

//= protocol: SEND-1
test("what is due leaves in the order of acceptance, also after a restart, and one that fails holds up no other", () => {
  const core = new OneCore();
  const ids = ["c", "a", "b"].map((text) => {
    core.wait(10);
    return core.say(text);
  });
  core.restart();
  core.online();
  const sent = core.take("send");
  expect(sent.map(({ id }) => id)).toEqual(ids);
  for (const { id, attempt } of sent) {
    const failed = { ok: false, reason: "busy", retryable: true } as const;
    const outcome = id === ids[0] ? failed : ({ ok: true, hint: new Uint8Array(32) } as const);
    core.step({ kind: "attempt-result", id, attempt, outcome });
  }
  expect(ids.map((id) => core.state.outbox.items.get(id)?.stage)).toEqual(["queued", "sent", "sent"]);
});

//= protocol: SEND-4
test("what no service node took is tried on after a day, and at once on each connection", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  const refuse = () => {
    const sent = core.take("send");
    for (const { attempt } of sent) {
      core.step({ kind: "attempt-result", id, attempt, outcome: { ok: false, reason: "busy", retryable: true } });
    }
    return sent.length;
  };
  for (let minutes = 0; minutes < 26 * 60; minutes++) {
    refuse();
    core.wait(MINUTE);
  }
  expect(refuse() + core.take("compose-anew").length, "in the last minutes").toBeLessThanOrEqual(1);
  let tries = 0;
  for (let minutes = 0; minutes < 60; minutes++) {
    core.wait(MINUTE);
    tries += refuse();
  }
  expect(tries).toBeGreaterThanOrEqual(10);
  core.online(false);
  core.online();
  expect(core.taken()).toEqual([id]);
});

//= protocol: SEND-5
test("of several unconfirmed messages only the newest is sent again by itself", () => {
  const { core, newer } = twoUnconfirmed();
  const sent = new Set<MessageId>();
  for (let minutes = 0; minutes < 60; minutes++) {
    core.wait(MINUTE);
    for (const id of core.taken()) sent.add(id);
  }
  expect([...sent]).toEqual([newer]);
});

test("the late answer to an attempt says nothing of the one under way", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  const answer = (attempt: number, ok: boolean) =>
    core.step({
      ...{ kind: "attempt-result", id, attempt },
      outcome: ok ? { ok, hint: new Uint8Array(32) } : { ok, retryable: true, reason: "busy" },
    });
  expect(core.take("send").map(({ attempt }) => attempt)).toEqual([1]);
  answer(1, false);
  core.wait(MINUTE);
  expect(core.take("send").map(({ attempt }) => attempt)).toEqual([2]);
  const item = () => core.state.outbox.items.get(id);
  answer(1, true);
  expect([item()?.inFlight, item()?.taken]).toEqual([true, false]);
  answer(2, true);
  expect([item()?.inFlight, item()?.taken]).toEqual([false, true]);
});
