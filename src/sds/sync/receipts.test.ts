import { describe, expect, test } from "vitest";
import { createStepContext } from "../io/step-context.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { nextWakeAt } from "../schedules.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { hearReceiptRequest, noteReceiptRequest, receiptPrefixOf, receiptRequest } from "./receipts.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function prefixOf(core: OneCore, name: string): number {
  const participant = core.state.participants.byId.get(asParticipantId(name));
  if (participant === undefined) throw new Error(`Nobody met ${name}.`);
  return receiptPrefixOf(participant);
}

/** What would be asked for now, and from whom. */
function wanted(core: OneCore): { readonly ids: readonly MessageId[]; readonly from: readonly number[] } | null {
  const request = receiptRequest(createStepContext(core.state, { now: core.now, random: () => 0.5 }));
  return request === null ? null : { ids: request.open.map(({ id }) => id), from: request.from };
}

/** Everybody of these speaks, now. */
function speak(core: OneCore, ...names: readonly string[]): void {
  core.now += 1;
  for (const name of names) core.hear(name, []);
}

function core(): OneCore {
  const made = new OneCore();
  made.online();
  speak(made, "ben", "cleo");
  return made;
}

describe("receipts are asked", () => {
  test("of whoever was heard since the message was sent and has not confirmed it", () => {
    const ada = core();
    ada.now += 1;
    const id = ada.say("hello");
    ada.taken();
    expect(wanted(ada), "nobody was heard since").toBeNull();
    speak(ada, "ben", "cleo");
    expect(wanted(ada)).toEqual({ ids: [id], from: [prefixOf(ada, "ben"), prefixOf(ada, "cleo")] });
    ada.now += 1;
    ada.hear("ben", [id]);
    // One word is enough for chat.
    expect(wanted(ada)).toBeNull();
    const announcement = ada.say("storm", { type: MESSAGE_TYPE.announcement });
    ada.taken();
    speak(ada, "ben", "cleo");
    ada.now += 1;
    ada.hear("ben", [announcement]);
    expect(wanted(ada)).toEqual({ ids: [announcement], from: [prefixOf(ada, "cleo")] });
    ada.now += 1;
    ada.hear("cleo", [announcement]);
    expect(wanted(ada)).toBeNull();
  });

  test("for no message older than a day", () => {
    const ada = core();
    const old = ada.say("yesterday");
    ada.taken();
    const from = ada.now;
    ada.now = from + 24 * HOUR;
    ada.hear("ben", []);
    expect(wanted(ada)?.ids).toEqual([old]);
    ada.now += 1;
    expect(wanted(ada)).toBeNull();
    const fresh = ada.say("today");
    ada.taken();
    speak(ada, "ben");
    expect(wanted(ada)?.ids).toEqual([fresh]);
  });

  test("for nothing that did not leave, was stopped, was deleted here, or is for nobody", () => {
    const ada = core();
    const status = ada.say("here", { type: MESSAGE_TYPE.status });
    const [stopped, removed] = [ada.say("stopped"), ada.say("removed")];
    ada.taken();
    const waiting = ada.say("waiting");
    ada.step({ kind: "stop-sending", id: stopped });
    ada.step({ kind: "withdraw", id: removed });
    speak(ada, "ben");
    expect([status, stopped, removed, waiting].filter((id) => wanted(ada)?.ids.includes(id))).toEqual([]);
  });

  test("of nobody without a key", () => {
    const ada = new OneCore({}, "sds");
    ada.online();
    ada.say("hello");
    ada.taken();
    ada.now += 1;
    ada.hear("ben", [], { signed: false, publicKey: null });
    expect(wanted(ada)).toBeNull();
  });

  test("of 64 at most, for 64 messages at most, the newest", () => {
    const ada = core();
    const ids = Array.from({ length: 70 }, (_, number) => {
      ada.now += 1;
      return ada.say(`m${number}`, { type: MESSAGE_TYPE.announcement });
    });
    ada.taken();
    speak(ada, ...Array.from({ length: 70 }, (_, number) => `p${number}`));
    expect(wanted(ada)?.from).toHaveLength(64);
    expect(wanted(ada)?.ids).toEqual(ids.slice(-64).reverse());
  });

  test("less and less often, every quarter of an hour at least, and not once nothing is open", () => {
    const ada = core();
    ada.say("hello");
    ada.taken();
    const waits: number[] = [];
    for (let asked = 0; asked < 10; asked++) {
      noteReceiptRequest(ada.state, ada.now, true);
      waits.push((ada.state.sync.wantReceiptsAt ?? 0) - ada.now);
    }
    expect(waits.slice(0, 3)).toEqual([20 * SECOND, 40 * SECOND, 80 * SECOND]);
    expect(waits.at(-1)).toBe(15 * MINUTE);
    noteReceiptRequest(ada.state, ada.now, false);
    expect(ada.state.sync.wantReceiptsAt).toBeNull();
  });
});

describe("a request for receipts", () => {
  test("is for those whom it names, and is about what they have delivered", () => {
    const ada = core();
    ada.receive("m", "ben");
    ada.receive("blocked", "ben", { parents: [{ id: asMessageId("unheard of"), lamport: ada.now - 1 }] });
    const entries = ["m", "blocked"].flatMap((id) => ada.state.log.entries.get(asMessageId(id)) ?? []);
    expect(entries.map(({ status }) => status)).toEqual(["delivered", "buffered"]);
    const [me, other] = [prefixOf(ada, "me"), prefixOf(ada, "cleo")];
    expect(hearReceiptRequest(ada.state, [other], entries)).toBe(false);
    expect(ada.state.sync.asked.size).toBe(0);
    expect(hearReceiptRequest(ada.state, [other, me], entries)).toBe(true);
    expect([...ada.state.sync.asked].map(({ id }) => id)).toEqual(["m"]);
    expect(hearReceiptRequest(ada.state, [me], entries), "again").toBe(false);
  });

  test("names 64 messages at most", () => {
    const ada = core();
    for (let number = 0; number < 70; number++) ada.receive(`m${number}`, "ben", { lamport: ++ada.now });
    hearReceiptRequest(ada.state, [prefixOf(ada, "me")], [...ada.state.log.entries.values()]);
    expect(ada.state.sync.asked.size).toBe(64);
  });
});

//= protocol: RECEIPT-1
test("receipts are asked for again after a restart, though the plan to do so was not stored", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", []);
  const id = core.say("hello");
  core.taken();
  core.restart();
  core.online();
  core.hear("ben", [], { lamport: core.now + 1 });
  core.take("send-sync");
  core.wait(MINUTE);
  const asking = core.take("send-sync").filter(({ sync }) => sync.receiptsWantedFrom !== null);
  expect(asking.length).toBeGreaterThan(0);
  expect(asking[0]?.sync.causalHistory.map(({ messageId }) => messageId)).toContain(id);
});

/** A message that nobody confirmed, and who was heard since. */
function unconfirmed(
  heardSince: readonly string[],
  listed: readonly string[] = [],
  wish: { levelPercent?: number } = {},
) {
  const core = new OneCore();
  core.online();
  core.hear("only before", []);
  core.wait(65 * MINUTE);
  const id = core.say("hello", wish);
  const saidAt = core.now;
  core.taken();
  core.wait(1);
  for (const name of heardSince) core.hear(name, listed.includes(name) ? [id] : []);
  core.take("send-sync");
  return { core, id, saidAt };
}

//= protocol: RECEIPT-1, RECEIPT-2
test("receipts are asked for after two windows, then after twice as long up to 15 min", () => {
  const { core, id, saidAt } = unconfirmed(["ben"]);
  let last = saidAt;
  const pauses: number[] = [];
  while (pauses.length < 9) {
    core.now = Math.max(core.now, Math.ceil(nextWakeAt(core.state, core.now)));
    core.step({ kind: "wake" });
    for (const { sync } of core.take("send-sync")) {
      if (sync.receiptsWantedFrom === null) continue;
      expect(sync.causalHistory.map(({ messageId }) => messageId)).toContain(id);
      pauses.push((core.now - last) / 1_000);
      last = core.now;
    }
  }
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900]);
});

//= protocol: RECEIPT-3
test("those are asked who were heard since it was accepted and lack it, 64 at most", () => {
  const askedOf = (core: OneCore) => {
    core.wait(11_000);
    return core.take("send-sync").flatMap(({ sync }) => sync.receiptsWantedFrom ?? []);
  };
  const { core } = unconfirmed(["ben", "has it"], ["has it"]);
  expect(askedOf(core), "one has it: that is enough for a chat").toEqual([]);
  const lacking = unconfirmed(["ben", "has it"], ["has it"], { levelPercent: 100 });
  const ben = lacking.core.state.participants.byId.get(asParticipantId("ben"));
  expect(askedOf(lacking.core)).toEqual(ben === undefined ? [] : [receiptPrefixOf(ben)]);
  const crowd = unconfirmed(Array.from({ length: 70 }, (_, n) => `member ${n}`));
  crowd.core.wait(60_000);
  const most = crowd.core.take("send-sync").map(({ sync }) => sync.receiptsWantedFrom?.length ?? 0);
  expect(Math.max(...most)).toBe(64);
});

//= protocol: RECEIPT-4
test("nothing is said for receipts when there is nobody to ask", () => {
  const said = (heardSince: readonly string[]) => {
    const { core } = unconfirmed(heardSince);
    core.wait(10_500);
    return core.take("send-sync").length;
  };
  expect([said(["only before"]), said([])]).toEqual([1, 0]);
});
