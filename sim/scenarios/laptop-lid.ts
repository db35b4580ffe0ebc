import { ANY, chatter, expectThat, HOUR, MINUTE, offline, type Scenario } from "./scenario.ts";

export const laptopLid: Scenario = {
  name: "laptop-lid",
  about: "A laptop sleeps for eight hours while four others talk, and is asked for everything when it wakes.",
  people: [2, ANY],
  settings: { participants: 5, loss: 0.05, durationMs: 9 * HOUR, messages: 150 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    offline(20 * MINUTE, settings.participants - 1, 8 * HOUR),
  ],
  expect: (world) => {
    const [first, laptop] = [world.members[0], world.members.at(-1)];
    expectThat(laptop?.state.log.order.size === first?.state.log.order.size, "the laptop has everything");
  },
};
