import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** With nothing left for syncs. */
function spentCore(): OneCore {
  const core = new OneCore({ budgetPerTenMinutes: 30 });
  core.online();
  for (let person = 0; core.state.outbox.budget.tokens.sync >= 1 && person < 100; person++) {
    core.hear(`p${person}`, [`id${person}`]);
    core.wait(10 * SECOND);
  }
  expect(core.state.outbox.budget.tokens.sync).toBeLessThan(1);
  core.take("send-sync");
  return core;
}

test("a clock that was set back by hours before a start does not silence syncs for hours", () => {
  const core = spentCore();
  core.now -= 6 * HOUR;
  core.restart();
  core.online();
  core.wait(2 * MINUTE);
  expect(core.take("send-sync").length).toBeGreaterThan(0);
});

test("nor one that is set back while the channel runs", () => {
  const core = spentCore();
  core.now -= 6 * HOUR;
  core.step({ kind: "wake" });
  core.wait(2 * MINUTE);
  expect(core.take("send-sync").length).toBeGreaterThan(0);
});
