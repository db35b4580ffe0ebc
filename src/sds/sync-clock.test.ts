import { expect, test } from "vitest";
import { OneCore } from "./testing/one-core.ts";

const SECOND = 1_000;

//= protocol: TIME-3
test("quick restarts do not drive the timestamps of syncs ahead, and none falls", () => {
  const core = new OneCore();
  const ahead: number[] = [];
  let last = 0;
  for (let life = 0; life < 40; life++) {
    core.restart();
    core.online();
    core.wait(35 * SECOND);
    for (const { sync } of core.take("send-sync")) {
      expect(sync.lamport).toBeGreaterThan(last);
      last = sync.lamport;
      ahead.push(sync.lamport - core.now);
    }
  }
  expect(ahead.length).toBeGreaterThan(39);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(0);
});

//= protocol: TIME-5
test("a sync after a crash is newer than the one before, whatever the clock says", () => {
  const core = new OneCore();
  core.online();
  core.wait(10 * SECOND);
  const before = core.take("send-sync").at(-1)?.sync.lamport ?? 0;
  expect(before).toBeGreaterThan(0);
  core.now -= 20 * SECOND;
  core.restart();
  core.online();
  core.wait(10 * SECOND);
  expect(core.take("send-sync").at(0)?.sync.lamport).toBeGreaterThan(before);
});
