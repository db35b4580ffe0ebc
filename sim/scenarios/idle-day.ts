import { ANY, expectThat, HOUR, type Scenario } from "./scenario.ts";

export const idleDay: Scenario = {
  name: "idle-day",
  about: "Five people online for a day without a word.",
  people: [2, ANY],
  settings: { participants: 5, loss: 0.2, archive: { absent: true, lagMs: 0, omission: 0 }, durationMs: 24 * HOUR },
  actions: () => [],
  heals: false,
  expect: (world) => {
    const limit = 60_000 * world.members.length;
    expectThat(world.bytes.payload <= limit, `${world.bytes.payload} bytes in a day, the limit is ${limit}`);
  },
};
