import { ANY, MINUTE, type Scenario, say } from "./scenario.ts";

export const members512: Scenario = {
  name: "512-members",
  about: "Twenty messages in a group of 512. By name only: it takes minutes.",
  people: [2, ANY],
  settings: { participants: 512, loss: 0.05, latencyMs: [50, 800], durationMs: 12 * MINUTE },
  actions: ({ participants }, random) =>
    Array.from({ length: 20 }, (_, number) => say(MINUTE + number * 30_000, Math.floor(random() * participants))),
};
