import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";

const MINUTE = 60_000;

//= protocol: DELIVER-5
test("what a waiting message names falsely keeps its own ten minutes", () => {
  const core = new OneCore();
  core.online();
  const start = core.now;
  core.receive("liar", "mal", {
    parents: [
      { id: asMessageId("never"), lamport: start - 2 },
      { id: asMessageId("honest"), lamport: start - 3 },
    ],
  });
  core.wait(5 * MINUTE);
  core.receive("honest", "ben", { parents: [{ id: asMessageId("slow"), lamport: start - 1 }] });
  core.wait(6 * MINUTE);
  expect([...core.state.log.order].map(({ id }) => id)).toEqual(["liar"]);
  expect(core.state.holes.missing.get(asMessageId("never"))?.state).toBe("lost");
  expect(core.state.holes.missing.get(asMessageId("slow"))?.state).not.toBe("lost");
  core.receive("slow", "ben", { lamport: start - 1 });
  expect([...core.state.log.order].map(({ id }) => id)).toEqual(["slow", "liar", "honest"]);
});

//= protocol: DELIVER-5
test("so does what a waiting message does not wait for any more", () => {
  const core = new OneCore();
  core.online();
  const start = core.now;
  const late = { id: asMessageId("late"), lamport: start - 3 };
  core.receive("first", "ann", { parents: [late] });
  core.wait(5 * MINUTE);
  core.receive("second", "ann", { parents: [late, { id: asMessageId("never"), lamport: start - 2 }] });
  core.wait(6 * MINUTE);
  expect(core.state.holes.missing.get(late.id)?.state).toBe("lost");
  core.receive("late", "ben", { lamport: late.lamport, parents: [{ id: asMessageId("slow"), lamport: start - 9 }] });
  core.wait(5 * MINUTE);
  expect([...core.state.log.order].map(({ id }) => id)).toEqual(["first", "second"]);
  expect(core.state.holes.missing.get(asMessageId("slow"))?.state).not.toBe("lost");
  core.receive("slow", "ben", { lamport: start - 9 });
  expect([...core.state.log.order].map(({ id }) => id)).toEqual(["slow", "late", "first", "second"]);
});

//= protocol: STATE-8
test("what waits for a cause is delivered as soon as that turns out to be too old to be kept", () => {
  const core = new OneCore();
  const [start, day] = [core.now, 24 * 60 * MINUTE];
  for (const id of ["a", "b", "c"]) core.receive(id, "ben", { lamport: ++core.now });
  core.now += 2 * day;
  core.restart(2);
  core.online();
  core.receive("waits", "cleo", { parents: [{ id: asMessageId("too old"), lamport: core.now - 1 }] });
  expect(core.state.log.entries.get(asMessageId("waits"))?.status).toBe("buffered");
  core.receive("too old", "ben", { lamport: start });
  expect(core.take("reject")).toEqual([{ kind: "reject", reason: "below-watermark" }]);
  expect(core.state.log.entries.get(asMessageId("waits"))?.status).toBe("delivered");
});
