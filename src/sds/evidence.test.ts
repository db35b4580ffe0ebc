import { expect, test, vi } from "vitest";
import { receivedBy } from "./evidence.ts";
import { asMessageId, asParticipantId, type MessageId } from "./ids.ts";
import { MAX_UNRESOLVED_CLAIMS } from "./limits.ts";
import type { Participant } from "./participant.ts";
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

test("a participant who said more values of complete_since than are kept makes no walk longer", () => {
  const core = new OneCore();
  core.online();
  const layers = 8;
  let before: { id: MessageId; lamport: number }[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const lamport = core.now - 1_000 + layer;
    const ids = [0, 1, 2].map((place) => asMessageId(`${layer} ${place}`));
    for (const id of ids) core.receive(id, "ann", { lamport, parents: before });
    before = ids.map((id) => ({ id, lamport }));
  }
  const [head = { id: asMessageId("") }] = before;
  for (let value = 0; value < 254; value++) core.hear("mal", [head.id], { completeSince: 2 ** 52 - value });
  const { credits } = participantOf(core, "mal");
  const since = vi.spyOn(credits, "since");
  core.hear("mal", [head.id], { lamport: core.now + 1, completeSince: 0 });
  // Each edge is looked at once at most; there are 3 ** 8 paths.
  expect(since.mock.calls.length).toBeLessThan(9 * layers + 10);
});

function participantOf(core: OneCore, name: string): Participant {
  const participant = core.state.participantById.get(asParticipantId(name));
  if (participant === undefined) throw new Error(`${name} is not known.`);
  return participant;
}
