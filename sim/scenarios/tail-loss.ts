import { ANY, expectThat, holdersOf, MINUTE, type Scenario, say } from "./scenario.ts";

export const tailLoss: Scenario = {
  name: "tail-loss",
  about: "The last message of the day does not reach one of four, and nobody writes after it.",
  people: [2, ANY],
  settings: { participants: 4, archive: { absent: true, lagMs: 0, omission: 0 }, durationMs: 30 * MINUTE },
  actions: ({ participants }) => [
    say(5 * MINUTE, 0),
    { at: 6 * MINUTE - 1, kind: "partition", sides: [...Array<number>(participants - 1).fill(0), 1], ms: 30_000 },
    say(6 * MINUTE, 0, "good night"),
  ],
  heals: false,
  expect: (world) => expectThat(holdersOf(world, 0, 2).length === world.members.length, "all have the last message"),
};
