import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { historyCursorOf } from "./history-cursors.ts";

const HOUR = 60 * 60_000;

//= protocol: STORE-7
test("what one service node's Store gave moves its cursor and no other, over restarts", () => {
  const core = new OneCore();
  core.step({ kind: "history-read", source: "a", cursor: 1_000 });
  core.step({ kind: "history-read", source: "b", cursor: 3_000 });
  core.step({ kind: "history-read", source: "a", cursor: 2_000 });
  const cursors = () => ["a", "b", "c", ""].map((source) => historyCursorOf(core.state, source));
  expect(cursors()).toEqual([2_000, 3_000, 0, 2_000]);
  core.restart();
  expect(cursors()).toEqual([2_000, 3_000, 0, 2_000]);
});

test("an earlier version's one cursor is no service node's own, and where there is but one it is", () => {
  const core = new OneCore();
  core.step({ kind: "history-read", source: "", cursor: 1_000 });
  core.restart();
  expect([historyCursorOf(core.state, ""), historyCursorOf(core.state, "a")]).toEqual([1_000, 0]);
});

test("seventeen service nodes are more than any invite names: of the last one each start begins anew", () => {
  const core = new OneCore();
  for (let number = 1; number <= 17; number++) {
    core.step({ kind: "history-read", source: `node ${number}`, cursor: number });
  }
  core.step({ kind: "history-read", source: "node 1", cursor: 100 });
  const cursors = () => [1, 16, 17].map((number) => historyCursorOf(core.state, `node ${number}`));
  expect(cursors()).toEqual([100, 16, 0]);
  core.restart();
  expect(cursors()).toEqual([100, 16, 0]);
});

//= protocol: STORE-3
test("each stays behind what waits for its time, whichever Store gave it: the one that was read least far may have", () => {
  const core = new OneCore();
  core.online();
  const [behind, before] = [core.now - 3 * HOUR, core.now - HOUR];
  core.step({ kind: "history-read", source: "behind", cursor: behind });
  core.step({ kind: "history-read", source: "before", cursor: before });
  core.receive("early", "ben", { lamport: core.now + 2 * HOUR, source: "store" });
  core.step({ kind: "history-read", source: "before", cursor: core.now });
  expect(historyCursorOf(core.state, "before")).toBe(core.now);
  core.restart();
  expect(historyCursorOf(core.state, "before")).toBe(behind);
});
