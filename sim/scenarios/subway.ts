import { ANY, chatter, every, MINUTE, offline, type Scenario } from "./scenario.ts";

export const subway: Scenario = {
  name: "subway",
  about: "Two of five ride through tunnels: two minutes without a network, one with a bad one.",
  people: [2, ANY],
  settings: { participants: 5, loss: 0.15, latencyMs: [100, 4_000], durationMs: 60 * MINUTE, messages: 60 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(3 * MINUTE, settings.durationMs, (at) => [
      offline(at, 0, 2 * MINUTE),
      offline(at + 40_000, 1, 2 * MINUTE),
    ]),
  ],
};
