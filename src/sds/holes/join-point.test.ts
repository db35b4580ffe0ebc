import { describe, expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { completeSince } from "./holes.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST = 1_760_000_000_000;

/** Joined by a clock that is a day ahead, which is set right after something came. */
function joinedAhead({ restart }: { restart: boolean }): OneCore {
  const core = new OneCore();
  const now = core.now - 24 * HOUR;
  core.online();
  // Delivered at once, as its cause seems to be from before joining.
  core.receive("early", "ben", { lamport: now - 10, parents: [parent("early cause", now - 11)] });
  expect(ids(core)).toEqual(["early"]);
  core.now = now;
  if (restart) {
    core.restart();
    core.online();
  } else core.step({ kind: "wake" });
  return core;
}

function parent(id: string, lamport: number) {
  return { id: asMessageId(id), lamport };
}

function ids(core: OneCore): string[] {
  return [...core.state.log.order].map(({ id }) => id);
}

describe.each([{ restart: false }, { restart: true }])("joined by a clock a day ahead, restart: $restart", (how) => {
  //= protocol: JOIN-2
  test("the join point comes back, and is written", () => {
    const core = joinedAhead(how);
    expect(core.state.holes.joinLamport).toBe(core.now - 10 * MINUTE);
    expect(core.tables.load().meta.joinLamport).toBe(core.state.holes.joinLamport);
  });

  //= protocol: JOIN-2
  test("messages wait for their causes again", () => {
    const core = joinedAhead(how);
    const { now } = core;
    core.receive("child", "ben", { parents: [parent("cause", now - 1)] });
    expect(ids(core)).toEqual(["early"]);
    core.receive("cause", "ben", { lamport: now - 1 });
    expect(ids(core)).toEqual(["early", "cause", "child"]);
  });

  test("nothing is claimed that was delivered without its causes, and they are asked for", () => {
    const core = joinedAhead(how);
    const lamport = core.now - 11;
    expect(completeSince(core.state)).toBe(lamport + 1);
    core.wait(MINUTE);
    expect(core.take("fetch").flatMap(({ wanted }) => wanted.map(({ id }) => id))).toContain("early cause");
    // It came, but is not delivered: still it may not be claimed, whatever restarts come in between.
    core.receive("early cause", "ann", { lamport, parents: [parent("root", lamport - 1)] });
    core.receive("late", "ben", { parents: [] });
    core.restart();
    core.step({ kind: "wake" });
    expect(core.state.log.entries.get(asMessageId("early cause"))?.status).toBe("buffered");
    expect(completeSince(core.state)).toBe(lamport + 1);
    core.receive("root", "ann", { lamport: lamport - 1 });
    expect(completeSince(core.state)).toBe(core.state.holes.joinLamport);
  });
});

test("what waited already waits for what it was not held up by before", () => {
  const core = new OneCore();
  core.online();
  const wrong = core.now;
  const now = wrong - 20 * MINUTE;
  core.receive("from ben", "ben", { lamport: now });
  // One cause above the join point, which holds it up, and one below.
  core.receive("child", "ben", { lamport: wrong, parents: [parent("high", wrong - 9 * MINUTE), parent("low", now)] });
  core.now = now;
  core.step({ kind: "wake" });
  expect(core.state.holes.joinLamport).toBe(now - 10 * MINUTE);
  core.receive("low", "ann", { lamport: now });
  expect(core.state.log.entries.get(asMessageId("child"))?.status).toBe("buffered");
  core.receive("high", "ann", { lamport: wrong - 9 * MINUTE });
  core.now = wrong;
  core.step({ kind: "wake" });
  expect(core.state.log.entries.get(asMessageId("child"))?.status).toBe("delivered");
});

//= protocol: JOIN-1, JOIN-2
test("a clock that falls far behind does not lower the join point", () => {
  const core = new OneCore();
  core.online();
  core.receive("from ben", "ben");
  core.now = HOUR;
  core.restart();
  core.online();
  core.wait(MINUTE);
  expect(core.state.holes.joinLamport).toBe(FIRST - 10 * MINUTE);
});
