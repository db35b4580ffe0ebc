import { expect, test } from "vitest";
import { nextWakeAt } from "../schedules.ts";
import { OneCore } from "../testing/one-core.ts";
import { asParticipantId } from "../wire/ids.ts";
import { receiptPrefixOf } from "./receipts.ts";

const MINUTE = 60_000;

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
