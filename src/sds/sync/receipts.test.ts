import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";

const MINUTE = 60_000;

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
