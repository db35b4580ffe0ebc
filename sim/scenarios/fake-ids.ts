import { ANY, chatter, every, expectThat, HOUR, type Scenario, SECOND } from "./scenario.ts";

export const fakeIds: Scenario = {
  name: "fake-ids",
  about: "A member lists 200 ids that do not exist every 30 seconds for two hours.",
  people: [2, ANY],
  settings: { participants: 5, hostile: 1, loss: 0.1, durationMs: 2 * HOUR, messages: 40 },
  actions: (settings, random) => [
    ...chatter(settings, random),
    ...every(30 * SECOND, settings.durationMs, (at) => [
      { at, kind: "hostile", member: settings.participants, act: "fake-ids" },
    ]),
  ],
  expect: (world) => {
    const { sync, checkpoint } = world.observer.counts.traffic;
    const perMemberAndHour = (sync + checkpoint) / world.members.length / (world.now() / HOUR);
    expectThat(perMemberAndHour <= 130, `${perMemberAndHour.toFixed(0)} syncs per member and hour`);
  },
};
