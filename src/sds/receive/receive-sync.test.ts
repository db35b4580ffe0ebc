import { expect, test } from "vitest";
import { receivedBy } from "../evidence/received-by.ts";
import { receiptPrefixOf } from "../sync/receipts.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";

const MINUTE = 60_000;

//= protocol: REPAIR-11, TIME-3
test("out of a Store a sync tells what its sender had, and what it asked for then is not answered any more", () => {
  const core = new OneCore();
  core.online();
  const own = core.say("hello");
  core.taken();
  core.receive("theirs", "ada");
  core.wait(MINUTE);
  core.take("repair");
  const asked = { repairRequests: [{ messageId: asMessageId("theirs") }] };
  core.hear("ben", [own], { ...asked, source: "store" });
  const entry = core.state.log.entries.get(own);
  expect(entry && receivedBy(core.state, entry).size).toBe(1);
  core.wait(MINUTE);
  expect(core.take("repair")).toEqual([]);
  core.hear("ben", [own], asked);
  core.wait(MINUTE);
  expect(core.take("repair").map(({ id }) => id)).toEqual(["theirs"]);
});

//= protocol: RECEIPT-5
test("who is asked for a receipt by its author gives it soon, though there is nothing else to say", () => {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  core.hear("cleo", ["theirs"]);
  core.wait(11 * MINUTE);
  core.take("send-sync");
  const named = () => {
    const syncs = core.take("send-sync");
    return new Set(syncs.flatMap(({ sync }) => sync.causalHistory.map(({ messageId }) => messageId)));
  };
  const [self] = core.state.participants.all;
  const wanted = { receiptsWantedFrom: self === undefined ? [] : [receiptPrefixOf(self)] };
  core.hear("cleo", ["theirs"], wanted);
  core.wait(10_000);
  expect(named(), "it is not hers").toEqual(new Set());
  core.hear("ben", ["theirs"], wanted);
  core.wait(10_000);
  expect(named()).toEqual(new Set(["theirs"]));
});
