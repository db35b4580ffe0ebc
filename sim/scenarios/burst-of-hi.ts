import { ANY, MINUTE, type Scenario, say } from "./scenario.ts";

export const burstOfHi: Scenario = {
  name: "burst-of-hi",
  about: "Twenty people say hi within a fifth of a second.",
  people: [2, ANY],
  settings: { participants: 20, loss: 0.05, archive: { absent: true, lagMs: 0, omission: 0 }, durationMs: 5 * MINUTE },
  actions: ({ participants }, random) =>
    Array.from({ length: participants }, (_, member) => say(MINUTE + Math.floor(random() * 200), member, "hi")),
};
