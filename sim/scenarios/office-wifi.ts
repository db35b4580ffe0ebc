import { ANY, chatter, MINUTE, offline, type Scenario } from "./scenario.ts";

export const officeWifi: Scenario = {
  name: "office-wifi",
  about: "Eight people with a good network that drops out now and then.",
  people: [2, ANY],
  settings: {
    participants: 8,
    loss: 0.02,
    duplication: 0.05,
    latencyMs: [20, 200],
    durationMs: 30 * MINUTE,
    messages: 60,
  },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...Array.from({ length: 12 }, () => {
      return offline(
        Math.floor(random() * settings.durationMs),
        Math.floor(random() * settings.participants),
        Math.floor(random() * 20_000),
      );
    }),
  ],
};
