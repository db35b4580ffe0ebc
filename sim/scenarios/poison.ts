import { ANY, chatter, every, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const poison: Scenario = {
  name: "poison",
  about: "A member sends Lamport timestamps of the far future, and some just within what is allowed.",
  people: [2, ANY],
  settings: { participants: 5, hostile: 1, loss: 0.1, durationMs: HOUR, messages: 40 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(2 * MINUTE, settings.durationMs, (at) => [
      { at, kind: "hostile", member: settings.participants, act: "poison" },
      { at: at + 5_000, kind: "hostile", member: settings.participants, act: "near-poison" },
    ]),
  ],
};
