import { ANY, chatter, every, MINUTE, type Scenario, SECOND } from "./scenario.ts";

export const workerKillEvery30s: Scenario = {
  name: "worker-kill-every-30s",
  about: "Each of four is killed every 30 seconds, every second time with all that was not synced.",
  people: [1, ANY],
  settings: { participants: 4, loss: 0.1, syncMs: 50, durationMs: 20 * MINUTE, messages: 80 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(30 * SECOND, settings.durationMs, (at) =>
      Array.from({ length: settings.participants }, (_, member) => ({
        ...{ at: at + member * 7 * SECOND, kind: "kill", member, ms: 500, lands: random() < 0.5 },
        keep: random() < 0.5 ? null : 0,
      })),
    ),
  ],
};
