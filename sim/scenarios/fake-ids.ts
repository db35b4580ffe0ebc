import { chatter, every, expectThat, HOUR, type Scenario, SECOND } from "./scenario.ts";

export const fakeIds: Scenario = {
  name: "fake-ids",
  about: "A member lists 200 ids that do not exist every 30 seconds for two hours.",
  settings: { participants: 5, hostile: 1, loss: 0.1, durationMs: 2 * HOUR, messages: 40 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(30 * SECOND, settings.durationMs, (at) => [{ at, kind: "hostile", member: 5, act: "fake-ids" }]),
  ],
  expect: (world) => {
    const { sync, checkpoint } = world.observer.counts.traffic;
    const perMemberAndHour = (sync + checkpoint) / 5 / (world.now() / HOUR);
    expectThat(perMemberAndHour <= 130, `${perMemberAndHour.toFixed(0)} syncs per member and hour`);
  },
};
