import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { sharesNumber } from "./equivocation.ts";

function receive(core: OneCore, id: string, sender: string, authorSeq: number): void {
  const content = core.content(asMessageId(id), sender, { authorSeq });
  core.step({ kind: "receive-content", content, claim: null, source: "live", hint: undefined });
}

function shared(core: OneCore, id: string): boolean {
  const entry = core.state.log.entries.get(asMessageId(id));
  if (entry === undefined) throw new Error(`${id} is not held`);
  return sharesNumber(core.state, entry);
}

//= protocol: ID-4
test("two messages under one number are both shown, counted and told; in another run as well", () => {
  const core = new OneCore();
  core.online();
  receive(core, "one", "ben", 1);
  receive(core, "yes", "ben", 2);
  receive(core, "two of ada", "ada", 2);
  const rows = core.tables.ledger.length;
  receive(core, "no", "ben", 2);
  const told = core.tables.ledger.slice(rows).filter((row) => row.kind === "participant");
  const counted = () => core.state.participants.byId.get(asParticipantId("ben"))?.equivocations;
  expect(told.length).toBe(1);
  for (const run of [1, 2]) {
    expect([...core.state.log.order].map(({ id }) => id).sort(), `run ${run}`).toEqual([
      "no",
      "one",
      "two of ada",
      "yes",
    ]);
    expect(counted()).toBe(1);
    expect(["one", "yes", "no", "two of ada"].map((id) => shared(core, id))).toEqual([false, true, true, false]);
    core.restart();
  }
  receive(core, "no", "ben", 2);
  expect(counted()).toBe(1);
});

//= protocol: ID-5
test("numbers that never came are counted between those that did", () => {
  const core = new OneCore();
  core.online();
  for (const number of [7, 9, 12]) receive(core, `number ${number}`, "ben", number);
  const gaps = () => core.state.participants.byId.get(asParticipantId("ben"))?.numbers.gaps();
  expect(gaps()).toBe(3);
  receive(core, "number 8", "ben", 8);
  expect(gaps()).toBe(2);
  core.restart();
  expect(gaps()).toBe(2);
});

test("my own numbers are given out here, and never held against me", () => {
  const core = new OneCore();
  core.online();
  core.say("first");
  receive(core, "from a Store", "me", 1);
  expect(core.state.participants.all[0]?.equivocations).toBe(0);
});
