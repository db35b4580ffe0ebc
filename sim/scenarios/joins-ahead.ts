import { ANY, chatter, expectThat, HOUR, MINUTE, type Scenario } from "./scenario.ts";

export const joinsAhead: Scenario = {
  name: "joins-ahead",
  about: "Two join by a clock that is hours ahead. One is set right while it runs, the other over a restart.",
  people: [4, ANY],
  settings: { participants: 6, loss: 0.2, durationMs: 2 * HOUR, messages: 150 },
  actions: (settings, random) => {
    const [running, restarted] = [settings.participants - 1, settings.participants - 2];
    return [
      ...chatter(settings, random, 10 * MINUTE),
      { at: 1, kind: "clock-jump", member: running, ms: 20 * HOUR },
      { at: 1, kind: "clock-jump", member: restarted, ms: 5 * HOUR },
      { at: 20 * MINUTE, kind: "join", member: running },
      { at: 20 * MINUTE, kind: "join", member: restarted },
      { at: 21 * MINUTE, kind: "kill", member: restarted, ms: 10_000, lands: true, keep: null },
      { at: 21 * MINUTE + 5_000, kind: "clock-jump", member: restarted, ms: -5 * HOUR },
      { at: 40 * MINUTE, kind: "clock-jump", member: running, ms: -20 * HOUR },
    ];
  },
  expect: (world) => {
    for (const { state } of world.members) {
      expectThat(state.holes.joinLamport <= world.epoch + world.now(), "nobody joined in the future");
    }
  },
};
