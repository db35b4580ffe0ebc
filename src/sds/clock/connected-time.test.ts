import { describe, expect, test } from "vitest";
import { isPresent } from "../participants/presence.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { connectedNow } from "./connected-time.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A process that is killed and started again and again; tells after how long `done` held. */
function liveShortly(core: OneCore, lifeMs: number, done: () => boolean): number {
  const start = core.now;
  while (!done() && core.now - start < 24 * HOUR) {
    core.wait(lifeMs);
    core.taken();
    if (done()) break;
    core.restart();
    core.online();
  }
  return core.now - start;
}

describe.each([7 * SECOND, 20 * SECOND, 5 * MINUTE, 9 * MINUTE])("lives of %i ms", (lifeMs) => {
  //= protocol: TIME-9
  test("what waits for a cause that never comes is delivered all the same", () => {
    const core = new OneCore();
    core.online();
    core.receive("x", "ben", { parents: [{ id: asMessageId("never"), lamport: core.now - 1 }] });
    const took = liveShortly(core, lifeMs, () => core.state.log.order.size > 0);
    expect(took).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(took).toBeLessThanOrEqual(20 * MINUTE);
    expect(core.state.holes.missing.get(asMessageId("never"))?.state).toBe("lost");
  });

  test("silence becomes known", () => {
    const core = new OneCore();
    core.online();
    const id = core.say("hello");
    core.taken();
    const took = liveShortly(core, lifeMs, () => core.state.outbox.items.get(id)?.stage === "unconfirmed");
    expect(took).toBeLessThanOrEqual(Math.max(5 * MINUTE, lifeMs));
  });

  test("who is silent becomes absent", () => {
    const core = new OneCore();
    core.online();
    core.hear("ben", []);
    const isThere = () => {
      const ben = core.state.participants.byId.get(asParticipantId("ben"));
      return ben !== undefined && isPresent(core.state, ben, core.now);
    };
    expect(isThere()).toBe(true);
    expect(liveShortly(core, lifeMs, () => !isThere())).toBeLessThanOrEqual(2 * HOUR);
  });
});

//= protocol: TIME-9
test("a disconnection keeps the connected time to the millisecond", () => {
  const core = new OneCore();
  core.online();
  core.wait(4_321);
  core.online(false);
  core.restart();
  expect(connectedNow(core.state, core.now)).toBe(4_321);
});

//= protocol: TIME-10
test("an idle channel is written to seldom", () => {
  const core = new OneCore();
  core.online();
  core.wait(2 * HOUR);
  let commits = 0;
  const { apply } = core.tables;
  Object.assign(core.tables, {
    apply: (changes: Parameters<typeof apply>[0]) => {
      commits++;
      apply(changes);
    },
  });
  core.wait(HOUR);
  expect(commits).toBeLessThanOrEqual(16);
});
