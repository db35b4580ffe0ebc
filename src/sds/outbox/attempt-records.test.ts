import { expect, test } from "vitest";
import { step } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import type { MessageId } from "../wire/ids.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What the details of a message tell of its way out, from the first. */
function told(core: OneCore, id: MessageId) {
  return core.tables.ledger.flatMap((row) => {
    if (!row.ids.includes(id)) return [];
    if (row.kind === "attempt") return [["attempt", row.attempt]];
    if (row.kind === "attempt-result") return [["result", row.attempt, row.ok, row.reason]];
    return row.kind === "stage" ? [[row.stage]] : [];
  });
}

//= protocol: STATE-3
test("that bytes may have left is on disk for good before they leave, at the first attempt", () => {
  const core = new OneCore();
  core.say("hello");
  const env = { now: core.now, random: () => 0.5 };
  const effects = step(core.state, { kind: "connection", online: true }, env);
  const commit = effects.findIndex((effect) => effect.kind === "commit");
  expect(effects[commit]).toMatchObject({ durability: "strict" });
  expect(effects.findIndex((effect) => effect.kind === "send")).toBeGreaterThan(commit);
});

test("each attempt and its result is told, with the reason of a failure", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  core.take("send");
  const busy = { ok: false, reason: "busy", retryable: true } as const;
  core.step({ kind: "attempt-result", id, attempt: 1, outcome: busy });
  core.wait(MINUTE);
  core.taken();
  expect(told(core, id)).toEqual([
    ["attempt", 1],
    ["result", 1, false, "busy"],
    ["attempt", 2],
    ["result", 2, true, ""],
  ]);
});

test("that the rate limit holds a message back is told once", () => {
  const core = new OneCore({ budgetPerTenMinutes: 30 });
  core.online();
  const ids = Array.from({ length: 40 }, (_, index) => core.say(`message ${index}`));
  const last = ids.at(-1);
  if (last === undefined) throw new Error("nothing was said");
  core.wait(5 * SECOND);
  expect(core.state.outbox.items.get(last)?.limited).toBe(true);
  expect(told(core, last).filter(([what]) => what === "waiting")).toHaveLength(1);
});
