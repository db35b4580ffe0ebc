import { ANY, expectThat, HOUR, holdersOf, MINUTE, offline, type Scenario, say } from "./scenario.ts";

export const storeOnly: Scenario = {
  name: "store-only",
  about: "The author writes while nobody is there and leaves at once; only the Store has it.",
  people: [2, ANY],
  settings: { participants: 3, durationMs: 3 * HOUR },
  actions: ({ participants }) => [
    ...Array.from({ length: participants - 1 }, (_, other) => offline(0, other + 1, HOUR)),
    say(10 * MINUTE, 0, "read this when you are up"),
    offline(10 * MINUTE + 1_000, 0, 100 * MINUTE),
  ],
  heals: false,
  expect: (world) => {
    expectThat(holdersOf(world, 0, 1).length === world.members.length, "the others have it from the Store");
    const [author] = world.members;
    const [item] = [...(author?.state.outbox.items.values() ?? [])];
    expectThat(item?.stage === "settled", `the author knows that it arrived, not ${item?.stage}`);
  },
};
