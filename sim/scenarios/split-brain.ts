import { chatter, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const splitBrain: Scenario = {
  name: "split-brain",
  about: "Two halves of six cannot see each other for two hours, and both go on talking.",
  settings: { participants: 6, loss: 0.1, durationMs: 150 * MINUTE, messages: 80 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    { at: 10 * MINUTE, kind: "partition", sides: [0, 0, 0, 1, 1, 1], ms: 2 * HOUR },
  ],
};
