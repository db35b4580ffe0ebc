import { chatter, expectThat, HOUR, MINUTE, type Scenario, say } from "./scenario.ts";

export const wrongClock: Scenario = {
  name: "wrong-clock",
  about: "One device's clock is an hour ahead for a while. What it says waits; nobody else is dragged along.",
  settings: { participants: 4, loss: 0.05, durationMs: 4 * HOUR, messages: 60 },
  actions: (settings, random) => [
    ...chatter({ ...settings, participants: 3 }, random),
    { at: 1, kind: "clock-jump", member: 3, ms: HOUR },
    ...Array.from({ length: 5 }, (_, number) => say((20 + 10 * number) * MINUTE, 3, "from the future")),
    { at: 100 * MINUTE, kind: "clock-jump", member: 3, ms: -HOUR },
    ...Array.from({ length: 5 }, (_, number) => say((120 + 20 * number) * MINUTE, 3, "from now on")),
  ],
  expect: (world) => {
    for (const member of world.members.slice(0, 3)) {
      expectThat(member.state.lamport <= world.epoch + world.now() + 10 * MINUTE, "nobody was dragged along");
    }
  },
};
