import { ANY, chatter, HOUR, MINUTE, offline, type Scenario } from "./scenario.ts";

export const mobile90Offline: Scenario = {
  name: "mobile-90-offline",
  about: "Six phones, each offline nine tenths of the time, with a Store.",
  people: [2, ANY],
  settings: { participants: 6, loss: 0.2, latencyMs: [50, 3_000], durationMs: 5 * HOUR, messages: 60 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...Array.from({ length: settings.participants }, (_, member) => {
      const first = Math.floor(random() * 10 * MINUTE);
      return Array.from({ length: 30 }, (_unused, turn) => offline(first + turn * 10 * MINUTE, member, 9 * MINUTE));
    }).flat(),
  ],
};
