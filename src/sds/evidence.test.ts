import { expect, test } from "vitest";
import { receivedBy } from "./evidence.ts";
import { asMessageId, asParticipantId } from "./ids.ts";
import { MAX_UNRESOLVED_CLAIMS } from "./limits.ts";
import { OneCore } from "./testing/one-core.ts";

test("a claim that waits for its message is kept when it is said again, however many others wait by then", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", ["awaited"]);
  core.wait(1);
  core.hear(
    "ben",
    Array.from({ length: MAX_UNRESOLVED_CLAIMS }, (_, index) => `other ${index}`),
  );
  core.wait(1);
  core.hear("ben", ["awaited"]);
  core.receive("awaited", "cleo");
  const hasIt = (): boolean => {
    const entry = core.state.entries.get(asMessageId("awaited"));
    const ben = core.state.participantById.get(asParticipantId("ben"));
    return entry !== undefined && ben !== undefined && receivedBy(core.state, entry).has(ben.index);
  };
  expect(hasIt()).toBe(true);
  core.restart();
  expect(hasIt(), "after a restart").toBe(true);
});
