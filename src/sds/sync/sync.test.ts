import { expect, test } from "vitest";
import { prepare } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import { receiptPrefixOf } from "./receipts.ts";

const MINUTE = 60_000;

//= protocol: SYNC-2, RECEIPT-5
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

//= protocol: SYNC-8
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

//= protocol: ID-2
test("a sync has its timestamp in base 36 as its id", () => {
  const core = new OneCore();
  core.online();
  core.wait(MINUTE);
  const syncs = core.take("send-sync");
  expect(syncs.length).toBeGreaterThan(0);
  for (const { sync } of syncs) expect(sync.messageId).toBe(sync.lamport.toString(36));
});

//= protocol: TIME-2, TIME-3
test("content moves no timestamp of a sync, and a sync no timestamp of content", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", [], { lamport: core.now + 9 * MINUTE });
  const prepared = () => prepare(core.state, { now: core.now, random: () => 0.5 }).lamport;
  expect(prepared()).toBe(core.now);
  const ahead = core.now + 9 * MINUTE;
  core.receive("ahead", "ben", { lamport: ahead });
  expect(prepared()).toBe(ahead + 1);
  core.wait(MINUTE);
  const syncs = core.take("send-sync");
  expect(syncs.length).toBeGreaterThan(0);
  for (const { sync } of syncs) expect(sync.lamport).toBeLessThanOrEqual(core.now);
});

/** How long after now the next sync was said. */
function nextSyncAfter(core: OneCore): number {
  core.take("send-sync");
  const from = core.now;
  while (core.take("send-sync").length === 0) core.wait(10);
  return core.now - from;
}

//= protocol: SYNC-7, DELIVER-3
test("what was delivered is said within the ack window, and once in a window", () => {
  const core = new OneCore();
  core.online();
  core.wait(31 * MINUTE);
  core.receive("one", "ben");
  expect(nextSyncAfter(core)).toBeLessThanOrEqual(5_000);
  core.receive("two", "ben");
  const second = nextSyncAfter(core);
  expect([second >= 5_000, second <= 10_000]).toEqual([true, true]);
  for (let n = 0; n < 15; n++) core.hear(`member ${n}`, []);
  core.receive("three", "ben");
  expect(nextSyncAfter(core), "17 who are present: twice as long, and more").toBeGreaterThanOrEqual(10_000);
});

//= protocol: SYNC-9
test("a checkpoint that the Store does not give back is said again after 30 s, three times at most", () => {
  const saidWhen = (kept: boolean): number[] => {
    const core = new OneCore();
    core.online();
    const times: number[] = [];
    for (let second = 0; second < 300; second++) {
      core.wait(1_000);
      for (const { sync } of core.take("send-sync")) {
        if (!sync.checkpoint) continue;
        times.push(core.now);
        core.step({ kind: "checkpoint-result", kept });
      }
    }
    return times.slice(1).map((at, index) => at - (times[index] ?? 0));
  };
  expect(saidWhen(false)).toEqual([30_000, 30_000, 30_000]);
  expect(saidWhen(true)).toEqual([]);
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
