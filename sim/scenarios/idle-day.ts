import { expectThat, HOUR, type Scenario } from "./scenario.ts";

export const idleDay: Scenario = {
  name: "idle-day",
  about: "Five people online for a day without a word.",
  settings: { participants: 5, loss: 0.2, archive: { absent: true, lagMs: 0, omission: 0 }, durationMs: 24 * HOUR },
  actions: () => [],
  heals: false,
  expect: (world) =>
    expectThat(world.bytes.payload <= 300_000, `${world.bytes.payload} bytes in a day, the limit is 300,000`),
};
