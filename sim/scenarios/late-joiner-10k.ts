import { expectThat, HOUR, MINUTE, type Scenario, say } from "./scenario.ts";

const MESSAGES = 10_000;

export const lateJoiner10k: Scenario = {
  name: "late-joiner-10k",
  about: "Somebody joins a channel with ten thousand messages, all of them in the Store.",
  settings: { participants: 4, durationMs: 10 * HOUR, latencyMs: [10, 50] },
  actions: ({ durationMs }) => [
    ...Array.from({ length: MESSAGES }, (_, number) => {
      return say(Math.floor((number * (durationMs - 10 * MINUTE)) / MESSAGES), number % 3, "a message among many");
    }),
    { at: durationMs - 5 * MINUTE, kind: "join", member: 3 },
  ],
  expect: (world) => {
    const newcomer = world.members[3];
    expectThat(newcomer?.state.log.size === MESSAGES, `the newcomer has ${newcomer?.state.log.size} of ${MESSAGES}`);
    expectThat(newcomer?.state.missing.size === 0, "nothing is missing");
  },
};
