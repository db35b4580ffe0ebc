import { MINUTE, type Scenario, say } from "./scenario.ts";

export const burstOfHi: Scenario = {
  name: "burst-of-hi",
  about: "Twenty people say hi within a fifth of a second.",
  settings: { participants: 20, loss: 0.05, archive: { absent: true, lagMs: 0, omission: 0 }, durationMs: 5 * MINUTE },
  actions: (_settings, random) =>
    Array.from({ length: 20 }, (_, member) => say(MINUTE + Math.floor(random() * 200), member, "hi")),
};
