import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SHORTEST = 30_000;

/** Holds "head"; Ben and Cleo said so, and it has been quiet for long. */
function quiet(): OneCore {
  const core = new OneCore();
  core.online();
  core.receive("head", "ann");
  for (const name of ["ben", "cleo"]) core.hear(name, ["head"]);
  core.wait(HOUR);
  core.take("send-sync");
  expect(intervalOf(core)).toBeGreaterThan(SHORTEST);
  return core;
}

const intervalOf = (core: OneCore) => core.state.sync.trickle?.intervalMs;
const consistentOf = (core: OneCore) => core.state.sync.trickle?.heard;

//= protocol: TRICKLE-1, TRICKLE-3
test("a sync that lists what I lack, or leaves out a head of mine, begins the interval anew; the same difference again does not", () => {
  const lacking = quiet();
  lacking.hear("ben", ["head", "unknown"]);
  expect(intervalOf(lacking)).toBe(SHORTEST);
  lacking.wait(3 * MINUTE);
  lacking.hear("ben", ["head", "unknown"]);
  expect(intervalOf(lacking), "the same again").toBeGreaterThan(SHORTEST);
  lacking.wait(1);
  lacking.hear("ben", ["head", "unknown", "another"]);
  expect(intervalOf(lacking)).toBe(SHORTEST);
  const leftOut = quiet();
  leftOut.receive("second", "ann");
  leftOut.hear("ben", ["head"]);
  expect(intervalOf(leftOut)).toBe(SHORTEST);
});

//= protocol: TRICKLE-3, REPAIR-6
test("from somebody of whose ids too many never came, another list of ids that I lack is no reason to talk", () => {
  const core = quiet();
  core.hear(
    "ben",
    Array.from({ length: 20 }, (_, n) => `made up ${n}`),
  );
  core.wait(3 * MINUTE);
  core.hear(
    "ben",
    Array.from({ length: 20 }, (_, n) => `made up later ${n}`),
  );
  expect(intervalOf(core)).toBeGreaterThan(SHORTEST);
});

//= protocol: TRICKLE-2
test("a sync that agrees counts once for each signer and interval", () => {
  const core = quiet();
  core.receive("second", "ann");
  core.wait(HOUR);
  const before = consistentOf(core) ?? 0;
  for (const _ of [1, 2, 3]) {
    core.wait(1);
    core.hear("ben", ["head", "second"]);
  }
  expect(consistentOf(core)).toBe(before + 1);
  core.hear("cleo", ["head", "second"]);
  expect(consistentOf(core)).toBe(before + 2);
});

//= protocol: TRICKLE-4
test("who is heard for the first time is told of me, in a small group whatever the others say", () => {
  for (const known of [1, 30]) {
    const core = quiet();
    for (let n = 0; n < known; n++) core.hear(`member ${n}`, ["head"]);
    core.wait(HOUR);
    core.hear("new", ["head"]);
    expect(intervalOf(core), "inconsistent, though it agrees").toBe(SHORTEST);
    core.take("send-sync");
    for (const name of ["ben", "cleo"]) core.hear(name, ["head"]);
    expect(consistentOf(core)).toBe(2);
    core.wait(SHORTEST);
    expect(core.take("send-sync").length, `${known} others`).toBe(known === 1 ? 1 : 0);
  }
});

//= protocol: TRICKLE-5
test.each([
  [2, 30],
  [25, 60],
])("of %i others two always agree first: I am silent for %i min, and not for much longer", (known, floor) => {
  const core = quiet();
  for (let n = 0; n < known; n++) core.hear(`member ${n}`, ["head"]);
  core.wait(2 * HOUR);
  core.take("send-sync");
  const times: number[] = [];
  for (let minute = 0; minute < 300; minute++) {
    for (const name of ["ben", "cleo"]) core.hear(name, ["head"]);
    core.wait(MINUTE);
    for (const _ of core.take("send-sync")) times.push(core.now);
  }
  const pauses = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / MINUTE);
  expect(pauses.length).toBeGreaterThan(1);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(floor - 1);
  // To the end of the interval, and to the moment in the next one.
  expect(Math.max(...pauses)).toBeLessThanOrEqual(floor + 30);
});
