import { ANY, expectThat, HOUR, MINUTE, type Scenario, say } from "./scenario.ts";

const MESSAGES = 10_000;

export const lateJoiner10k: Scenario = {
  name: "late-joiner-10k",
  about: "Somebody joins a channel with ten thousand messages, all of them in the Store.",
  people: [2, ANY],
  settings: { participants: 4, durationMs: 10 * HOUR, latencyMs: [10, 50] },
  actions: ({ durationMs, participants }) => [
    ...Array.from({ length: MESSAGES }, (_, number) => {
      return say(
        Math.floor((number * (durationMs - 10 * MINUTE)) / MESSAGES),
        number % (participants - 1),
        "a message among many",
      );
    }),
    { at: durationMs - 5 * MINUTE, kind: "join", member: participants - 1 },
  ],
  expect: (world) => {
    const newcomer = world.members.at(-1);
    expectThat(
      newcomer?.state.log.order.size === MESSAGES,
      `the newcomer has ${newcomer?.state.log.order.size} of ${MESSAGES}`,
    );
    expectThat(newcomer?.state.holes.missing.size === 0, "nothing is missing");
  },
};
