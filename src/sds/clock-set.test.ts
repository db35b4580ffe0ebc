import { expect, test } from "vitest";
import { cursorToKeep } from "./receive/embargo.ts";
import { step } from "./step.ts";
import { OneCore } from "./testing/one-core.ts";
import { asMessageId } from "./wire/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function correct(core: OneCore, byMs: number): void {
  core.now += byMs;
  core.step({ kind: "clock-corrected", correctionMs: core.state.clock.correctionMs + byMs });
}

test("what an embargoed message was noted at by a fast clock is corrected with it: a restart reads the Store from there", () => {
  const core = new OneCore();
  core.online();
  const came = core.now;
  core.now += HOUR;
  core.receive("ahead", "ben", { lamport: came + HOUR + 15 * MINUTE });
  correct(core, -HOUR);
  core.wait(40 * MINUTE);
  core.step({ kind: "history-read", source: "", cursor: core.now });
  expect(core.state.receive.embargoed.size).toBe(1);
  expect(cursorToKeep(core.state, core.now)).toBeLessThanOrEqual(came);
});

//= protocol: TIME-6, HOLE-4
test("what is missing is asked for all day, also by a clock that was set right meanwhile, and after a restart", () => {
  const core = new OneCore();
  core.online();
  core.receive("x", "ben", { parents: [{ id: asMessageId("never"), lamport: core.now - 1 }] });
  core.wait(5_000);
  correct(core, 23 * HOUR);
  core.restart();
  core.online();
  core.wait(10 * HOUR);
  core.take("fetch");
  core.wait(HOUR);
  expect(core.take("fetch").length).toBeGreaterThan(0);
  core.wait(15 * HOUR);
  core.take("fetch");
  core.wait(HOUR);
  expect(core.take("fetch")).toEqual([]);
});

test("what a person had added to the clock is on disk before they are told, and there after a restart", () => {
  const core = new OneCore();
  const [commit] = step(
    core.state,
    { kind: "clock-corrected", correctionMs: -HOUR },
    { now: core.now - HOUR, random: () => 0.5 },
  );
  expect(commit).toMatchObject({ kind: "commit", durability: "strict" });
  expect(commit?.kind === "commit" && commit.changes).toContainEqual({
    op: "meta",
    key: "clockCorrectionMs",
    value: -HOUR,
  });
  correct(core, 2 * HOUR);
  core.restart();
  expect(core.state.clock.correctionMs).toBe(HOUR);
});
