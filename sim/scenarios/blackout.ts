import { ANY, chatter, HOUR, MINUTE, offline, type Scenario } from "./scenario.ts";

export const blackout: Scenario = {
  name: "blackout",
  about: "Nobody has a network for an hour; everybody writes all the same.",
  people: [2, ANY],
  settings: { participants: 6, loss: 0.05, durationMs: 90 * MINUTE, messages: 90 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...Array.from({ length: settings.participants }, (_, member) => offline(10 * MINUTE, member, HOUR)),
  ],
};
