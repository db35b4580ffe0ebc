import { expect, test } from "vitest";
import { createStepContext } from "../io/step-context.ts";
import { OneCore } from "../testing/one-core.ts";
import { takeToken, tokenAt } from "./budget.ts";
import { TRAFFIC_CLASSES, type TrafficClass } from "./token-buckets.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** With nothing left for syncs. */
function spentCore(): OneCore {
  const core = new OneCore({ budgetPerTenMinutes: 30 });
  core.online();
  for (let person = 0; core.state.budget.tokens.sync >= 1 && person < 100; person++) {
    core.hear(`p${person}`, [`id${person}`]);
    core.wait(10 * SECOND);
  }
  expect(core.state.budget.tokens.sync).toBeLessThan(1);
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

/** Takes tokens by hand, and writes what a step would. */
function spender(core: OneCore): (traffic: TrafficClass) => boolean {
  return (traffic) => {
    const ctx = createStepContext(core.state, { now: core.now, random: () => 0.5 });
    const taken = takeToken(ctx, traffic);
    core.tables.apply(ctx.changes);
    return taken;
  };
}

/** How many can be had at once. */
function drain(take: (traffic: TrafficClass) => boolean, traffic: TrafficClass): number {
  for (let taken = 0; taken < 1_000; taken++) if (!take(traffic)) return taken;
  throw new Error("There is no limit.");
}

/** By class: content, resend, sync, repair. */
const promised = (core: OneCore) => TRAFFIC_CLASSES.map((traffic) => tokenAt(core.state, traffic));

test("each kind of traffic has its share of the whole, and a resend takes of content too", () => {
  const core = new OneCore({ budgetPerTenMinutes: 100 });
  const take = spender(core);
  expect(drain(take, "resend")).toBe(10);
  expect(drain(take, "content")).toBe(35);
  expect([drain(take, "sync"), drain(take, "repair")]).toEqual([40, 15]);
  // What is not used is not saved up beyond the share of ten minutes.
  core.now += 3 * HOUR;
  expect(TRAFFIC_CLASSES.map((traffic) => drain(take, traffic))).toEqual([45, 0, 40, 15]);
  expect(tokenAt(core.state, "resend")).toBe(tokenAt(core.state, "content"));
});

test("a class whose share is less than one speaks all the same, in its time", () => {
  const core = new OneCore({ budgetPerTenMinutes: 2 });
  const take = spender(core);
  expect(drain(take, "repair")).toBe(1);
  const at = tokenAt(core.state, "repair");
  expect(at - core.now).toBeCloseTo((10 * MINUTE) / (2 * 0.15), -1);
  core.now = at - 10;
  expect(take("repair")).toBe(false);
  core.now = at;
  expect(take("repair")).toBe(true);
});

test.each(TRAFFIC_CLASSES)("a restart gives no token of %s early", (traffic) => {
  const core = new OneCore({ budgetPerTenMinutes: 30 });
  drain(spender(core), traffic);
  const before = promised(core);
  expect(tokenAt(core.state, traffic)).toBeGreaterThan(core.now);
  for (const away of [0, 1_000]) {
    core.now += away;
    core.restart();
    expect(promised(core)).toEqual(before);
    expect(spender(core)(traffic)).toBe(false);
  }
  core.now = tokenAt(core.state, traffic);
  core.restart();
  expect(spender(core)(traffic)).toBe(true);
});

test("without a limit every token is there at once, and nothing is written for it", () => {
  const core = new OneCore({ budgetPerTenMinutes: 0 });
  const ctx = createStepContext(core.state, { now: core.now, random: () => 0.5 });
  for (let taken = 0; taken < 1_000; taken++) expect(takeToken(ctx, "sync")).toBe(true);
  expect([tokenAt(core.state, "sync"), ctx.changes]).toEqual([0, []]);
});
