import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** One message, taken by the network 100 s ago, heard by nobody; then a restart. */
function restarted(change: { readonly firstAttemptConnectedMs?: number } = {}) {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  core.taken();
  core.wait(100 * SECOND);
  core.taken();
  const record = core.tables.load().outbox.find((one) => one.id === id);
  if (record === undefined) throw new Error("It is not in the outbox");
  core.tables.apply([{ op: "put", table: "outbox", record: { ...record, ...change } }]);
  core.restart();
  core.online();
  core.taken();
  return { core, stage: () => core.state.outbox.items.get(id)?.stage };
}

//= protocol: SEND-5
test("the patience with a message goes on after a restart where it was", () => {
  const { core, stage } = restarted();
  expect(stage(), "not at once").toBe("sent");
  for (let seconds = 0; seconds < 150; seconds += 5) {
    core.wait(5 * SECOND);
    core.taken();
  }
  expect(stage()).toBe("unconfirmed");
});

test("it ends also when the connected time on disk is of before the first attempt", () => {
  const { core, stage } = restarted({ firstAttemptConnectedMs: 60 * MINUTE });
  expect(stage()).toBe("sent");
  for (let seconds = 0; seconds < 150; seconds += 5) {
    core.wait(5 * SECOND);
    core.taken();
  }
  expect(stage()).toBe("unconfirmed");
});
