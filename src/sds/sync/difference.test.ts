import { expect, test } from "vitest";
import type { LogEntry } from "../log/log-entry.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { differenceOf } from "./difference.ts";

const lacking = (...ids: string[]) => ids.map(asMessageId);

//= protocol: TRICKLE-3
test("the same difference is the same in any order, another one is another", () => {
  const core = new OneCore();
  core.online();
  for (const id of ["a", "b", "c"]) core.receive(id, "ann");
  const [a, b, c] = [...core.state.log.order] as [LogEntry, LogEntry, LogEntry];
  expect(differenceOf(lacking("x", "y"), [a, b])).toBe(differenceOf(lacking("y", "x"), [b, a]));
  const others = [
    differenceOf(lacking("x", "y"), [a, b]),
    differenceOf(lacking("x", "y"), [a, c]),
    differenceOf(lacking("x", "z"), [a, b]),
    differenceOf(lacking("x", "y"), [a]),
    differenceOf(lacking("x"), [a, b]),
    differenceOf(lacking("x", "y"), []),
    differenceOf([], [a, b]),
  ];
  expect(new Set(others).size).toBe(others.length);
  for (const value of others) expect(Number.isSafeInteger(value)).toBe(true);
});

test("what is kept of a difference does not grow with the heads", () => {
  const core = new OneCore();
  core.online();
  for (let place = 0; place < 50; place++) core.receive(`head ${place}`, "ann");
  core.hear("ben", []);
  core.hear("ben", [], { lamport: core.now + 1 });
  expect(core.state.participants.byId.get(asParticipantId("ben"))?.lastDifference).toBeTypeOf("number");
});

//= protocol: TRICKLE-1
test("an author who does not name its own message any more agrees with who holds it", () => {
  const core = new OneCore();
  core.online();
  core.receive("deleted", "ann");
  core.hear("ann", []);
  core.hear("ann", [], { lamport: core.now + 1 });
  const ann = core.state.participants.byId.get(asParticipantId("ann"));
  expect(ann?.lastDifference).toBe(null);
  expect([...core.state.sync.consistentSigners]).toEqual([ann?.index]);
});
