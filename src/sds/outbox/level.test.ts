import { expect, test } from "vitest";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { OneCore } from "../testing/one-core.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function asksForReceipts(core: OneCore): boolean {
  return core.take("send-sync").some(({ sync }) => sync.receiptsWantedFrom !== null);
}

function levelEvents(core: OneCore): number[] {
  return core.tables.ledger.flatMap((row) => (row.kind === "level" ? [row.percent] : []));
}

//= protocol: LEVEL-4
test("a status is sent once: nobody is asked for it, and silence says nothing about it", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", []);
  core.wait(1);
  const id = core.say("away", { type: MESSAGE_TYPE.status });
  expect(core.taken()).toEqual([id]);
  core.hear("ben", [], { lamport: core.now + 1 });
  core.wait(2 * HOUR);
  expect(core.take("send")).toEqual([]);
  expect(asksForReceipts(core)).toBe(false);
  expect(core.state.outbox.items.get(id)?.stage).toBe("sent");
  core.restart();
  core.online();
  core.wait(HOUR);
  expect(core.take("send"), "after a restart").toEqual([]);
  core.hear("ben", [id]);
  expect(core.state.outbox.items.get(id)?.stage, "a receipt that comes counts all the same").toBe("settled");
});

//= protocol: LEVEL-4
test("a status that the network refused is tried again", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("away", { type: MESSAGE_TYPE.status });
  const [first] = core.take("send");
  const outcome = { ok: false, reason: "busy", retryable: true } as const;
  core.step({ kind: "attempt-result", id, attempt: first?.attempt ?? 0, outcome });
  core.wait(MINUTE);
  expect(core.taken()).toEqual([id]);
});

test("a status does not keep what was said before it from being sent again", () => {
  const core = new OneCore();
  core.online();
  const chat = core.say("hello");
  core.wait(1);
  const status = core.say("away", { type: MESSAGE_TYPE.status });
  expect(core.taken()).toEqual([chat, status]);
  core.wait(10 * MINUTE);
  expect(new Set(core.take("send").map(({ id }) => id)), "and it is not sent itself").toEqual(new Set([chat]));
});

//= protocol: LEVEL-3
test("chat is confirmed by one, an announcement by its share, and a message by the share it was sent with", () => {
  const core = new OneCore({ levelPercent: 50 });
  core.online();
  for (const name of ["ben", "cleo", "dan", "eva"]) core.hear(name, []);
  core.wait(1);
  const chat = core.say("chat");
  core.wait(1);
  const announcement = core.say("announcement", { type: MESSAGE_TYPE.announcement });
  core.wait(1);
  const asked = core.say("asked", { levelPercent: 75 });
  core.taken();
  const said = [chat, announcement, asked];
  core.wait(1);
  core.hear("ben", said);
  expect(levelEvents(core)).toEqual([]);
  core.hear("cleo", said);
  expect(levelEvents(core)).toEqual([50]);
  core.restart();
  core.online();
  core.hear("dan", said, { lamport: core.now + 1 });
  expect(levelEvents(core), "the share is kept over a restart").toEqual([50, 75]);
});

//= protocol: LEVEL-3, RECEIPT-1
test("receipts are asked for until the share that a message was sent with is reached", () => {
  const core = new OneCore();
  core.online();
  for (const name of ["ben", "cleo"]) core.hear(name, []);
  core.wait(1);
  const id = core.say("to all", { levelPercent: 100 });
  core.taken();
  core.wait(1);
  core.hear("ben", [id], { lamport: core.now });
  core.hear("cleo", [], { lamport: core.now });
  core.wait(MINUTE);
  expect(asksForReceipts(core)).toBe(true);
  core.hear("cleo", [id], { lamport: core.now });
  core.take("send-sync");
  core.wait(HOUR);
  expect(asksForReceipts(core)).toBe(false);
});

test("a message composed anew keeps the share it was sent with", () => {
  const core = new OneCore();
  core.say("one");
  const id = core.say("two", { levelPercent: 30 });
  core.wait(25 * HOUR);
  core.online();
  const anew = core.composeAnew();
  expect(anew.map((one) => core.state.outbox.items.get(one)?.levelPercent)).toEqual([null, 30]);
  expect(core.state.outbox.items.has(id)).toBe(false);
});
