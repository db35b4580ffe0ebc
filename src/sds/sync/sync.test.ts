import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { receiptPrefixOf } from "./receipts.ts";

const MINUTE = 60_000;

test("own content does not take the place of an answer to who asked for receipts", () => {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  core.wait(11 * MINUTE);
  core.take("send-sync");
  const [self] = core.state.participants.all;
  if (self === undefined) throw new Error("nobody");
  core.hear("ben", ["theirs"], { receiptsWantedFrom: [receiptPrefixOf(self)] });
  core.say("mine");
  core.taken();
  core.wait(6_000);
  const named = core.take("send-sync").flatMap(({ sync }) => sync.causalHistory.map(({ messageId }) => messageId));
  expect(named).toContain("theirs");
});

test("one sync serves all reasons: what is due at once leaves once", () => {
  const core = new OneCore();
  core.online();
  core.wait(30 * MINUTE);
  core.take("send-sync");
  // A device that slept: the ack and the idle sync are due in the same moment.
  core.receive("theirs", "ben");
  core.now += 20 * MINUTE;
  core.step({ kind: "wake" });
  expect(core.take("send-sync")).toHaveLength(1);
  core.step({ kind: "wake" });
  expect(core.take("send-sync")).toHaveLength(0);
});

test("a checkpoint that no Store keeps is said again every half minute, three times and no more", () => {
  const core = new OneCore();
  core.online();
  core.receive("m", "ben");
  core.wait(60_000);
  const checkpoints = () => core.take("send-sync").filter(({ sync }) => sync.checkpoint).length;
  expect(checkpoints()).toBe(1);
  const said = [1, 2, 3, 4, 5].map(() => {
    core.step({ kind: "checkpoint-result", kept: false });
    core.wait(31_000);
    return checkpoints();
  });
  expect(said.slice(0, 4)).toEqual([1, 1, 1, 0]);
});
