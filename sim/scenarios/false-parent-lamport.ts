import { ANY, chatter, every, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const falseParentLamport: Scenario = {
  name: "false-parent-lamport",
  about: "A member names real messages as parents with Lamport timestamps that are not theirs.",
  people: [2, ANY],
  settings: {
    participants: 5,
    hostile: 1,
    loss: 0.3,
    archive: { absent: true, lagMs: 0, omission: 0 },
    durationMs: HOUR,
    messages: 60,
  },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(3 * MINUTE, settings.durationMs, (at) => [
      { at, kind: "hostile", member: settings.participants, act: "false-parent-lamport" },
      { at: at + 1, kind: "hostile", member: settings.participants, act: "false-low-parent" },
    ]),
  ],
};
