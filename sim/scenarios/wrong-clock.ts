import { ANY, chatter, expectThat, HOUR, MINUTE, type Scenario, say } from "./scenario.ts";

export const wrongClock: Scenario = {
  name: "wrong-clock",
  about:
    "One device's clock is an hour ahead for a while, and its owner leaves it so. What it says waits; nobody else is dragged along.",
  people: [2, ANY],
  settings: { participants: 4, loss: 0.05, durationMs: 4 * HOUR, messages: 60 },
  actions: (settings, random) => [
    ...chatter({ ...settings, participants: settings.participants - 1 }, random),
    { at: 1, kind: "clock-jump", member: settings.participants - 1, ms: HOUR },
    ...Array.from({ length: 5 }, (_, number) =>
      say((20 + 10 * number) * MINUTE, settings.participants - 1, "from the future"),
    ),
    { at: 100 * MINUTE, kind: "clock-jump", member: settings.participants - 1, ms: -HOUR },
    ...Array.from({ length: 5 }, (_, number) =>
      say((120 + 20 * number) * MINUTE, settings.participants - 1, "from now on"),
    ),
  ],
  expect: (world) => {
    for (const member of world.members.slice(0, -1)) {
      expectThat(member.state.clock.lamport <= world.epoch + world.now() + 10 * MINUTE, "nobody was dragged along");
    }
  },
};
