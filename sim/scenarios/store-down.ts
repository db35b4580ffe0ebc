import { ANY, chatter, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const storeDown: Scenario = {
  name: "store-down",
  about: "The Store is gone for most of the time, and a fifth of everything is lost.",
  people: [2, ANY],
  settings: { participants: 6, loss: 0.2, durationMs: 2 * HOUR, messages: 60 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    { at: 5 * MINUTE, kind: "archive-outage", ms: 110 * MINUTE },
  ],
};
