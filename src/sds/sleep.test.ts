import { expect, test } from "vitest";
import { connectedNow } from "./clock/connected-time.ts";
import { nextWakeAt } from "./schedules.ts";
import { OneCore } from "./testing/one-core.ts";
import { asMessageId } from "./wire/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The device sleeps and its connection seems to hold: no step in between. */
function sleep(core: OneCore, ms: number): void {
  core.now += ms;
  core.step({ kind: "wake" });
}

//= protocol: TIME-9
test("a night asleep makes nothing lost and nobody absent", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", []);
  core.receive("x", "ben", { parents: [{ id: asMessageId("cause"), lamport: core.now - 1 }] });
  sleep(core, 8 * HOUR);
  expect(core.state.log.order.size).toBe(0);
  expect(core.state.holes.missing.get(asMessageId("cause"))?.state).not.toBe("lost");
  expect(core.state.log.entries.get(core.say("hello"))?.audience).toEqual([1]);
});

test("a night asleep is no silence of the receivers", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  core.taken();
  sleep(core, 8 * HOUR);
  core.taken();
  expect(core.state.outbox.items.get(id)?.stage).toBe("sent");
  core.wait(MINUTE);
  expect(core.state.outbox.items.get(id)?.stage).toBe("unconfirmed");
});

//= protocol: TIME-10
test("a night asleep counts as a minute and a half, whoever looks and whenever", () => {
  const core = new OneCore();
  core.online();
  core.wait(5 * MINUTE);
  core.step({ kind: "wake" });
  core.now += 8 * HOUR;
  expect(connectedNow(core.state, core.now)).toBe(6.5 * MINUTE);
  // The first step after it may be the one that corrects the clock.
  core.now += HOUR;
  core.step({ kind: "clock-corrected", correctionMs: HOUR });
  expect(connectedNow(core.state, core.now)).toBe(6.5 * MINUTE);
  core.wait(MINUTE);
  expect(connectedNow(core.state, core.now)).toBe(7.5 * MINUTE);
});

//= protocol: TIME-10
test("while online a wake is wanted every minute, so that awake time counts", () => {
  const core = new OneCore();
  core.online();
  core.wait(5 * HOUR);
  expect(connectedNow(core.state, core.now)).toBe(5 * HOUR);
  expect(nextWakeAt(core.state, core.now)).toBeLessThanOrEqual(core.now + MINUTE);
  core.online(false);
  expect(nextWakeAt(core.state, core.now)).toBe(Number.POSITIVE_INFINITY);
});
