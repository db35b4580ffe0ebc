import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";

const SECOND = 1_000;

function meet(core: OneCore, count: number): void {
  for (let number = 0; number < count; number++) core.hear(`guest ${number}`, []);
}

//= protocol: SYNC-10
test("the hello of somebody who met a large group since takes its place in the window of that group", () => {
  const core = new OneCore();
  core.online();
  expect(core.state.sync.helloAt).toBeLessThanOrEqual(core.now + 5 * SECOND);
  // With this one 32, for whom the window is 20 s.
  meet(core, 31);
  const planned = core.state.sync.helloAt ?? Number.NaN;
  core.now = planned;
  core.step({ kind: "wake" });
  expect(core.take("send-sync")).toEqual([]);
  const moved = core.state.sync.helloAt ?? Number.NaN;
  expect(moved).toBeGreaterThan(planned);
  expect(moved).toBeLessThanOrEqual(planned + 15 * SECOND);
  core.now = Math.ceil(moved);
  core.step({ kind: "wake" });
  expect(core.take("send-sync"), "once only").toHaveLength(1);
});

//= protocol: SYNC-10
test("an ack that was planned before others came does too, and one that was planned since stays where it is", () => {
  const core = new OneCore();
  core.online();
  core.wait(30 * SECOND);
  core.take("send-sync");
  core.receive("m", "ann");
  meet(core, 31);
  const planned = core.state.sync.ackAt ?? Number.NaN;
  core.now = Math.ceil(planned);
  core.step({ kind: "wake" });
  expect(core.state.sync.ackAt).toBeGreaterThan(planned);
  core.wait(40 * SECOND);
  core.take("send-sync");
  core.wait(40 * SECOND);
  core.receive("n", "ann");
  const second = core.state.sync.ackAt ?? Number.NaN;
  core.now = Math.ceil(second);
  core.step({ kind: "wake" });
  expect(core.state.sync.ackAt).toBeNull();
});
