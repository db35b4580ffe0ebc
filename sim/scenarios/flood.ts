import { ANY, chatter, every, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const flood: Scenario = {
  name: "flood",
  about: "A member sends bursts of messages whose parents nobody has.",
  people: [2, ANY],
  settings: { participants: 5, hostile: 1, loss: 0.1, durationMs: HOUR, messages: 40 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(10 * MINUTE, settings.durationMs, (at) => [
      { at, kind: "hostile", member: settings.participants, act: "flood" },
    ]),
  ],
};
