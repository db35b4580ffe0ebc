import { ANY, chatter, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const splitBrain: Scenario = {
  name: "split-brain",
  about: "Two halves of six cannot see each other for two hours, and both go on talking.",
  people: [2, ANY],
  settings: { participants: 6, loss: 0.1, durationMs: 150 * MINUTE, messages: 80 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    { at: 10 * MINUTE, kind: "partition", sides: halves(settings.participants), ms: 2 * HOUR },
  ],
};

function halves(participants: number): number[] {
  return Array.from({ length: participants }, (_, member) => (member < participants / 2 ? 0 : 1));
}
