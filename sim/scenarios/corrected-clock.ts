import { ANY, chatter, expectThat, HOUR, MINUTE, type Scenario, say } from "./scenario.ts";

const FROM = 20 * MINUTE;

export const correctedClock: Scenario = {
  name: "corrected-clock",
  about:
    "One device's clock is an hour ahead for a while. Its owner is asked, has it corrected, and takes that back when it is set right.",
  people: [3, ANY],
  settings: { participants: 4, loss: 0.05, durationMs: 4 * HOUR, messages: 60, clockYes: 1 },
  actions: (settings, random) => {
    const owner = settings.participants - 1;
    return [
      ...chatter({ ...settings, participants: owner }, random),
      { at: 1, kind: "clock-jump", member: owner, ms: HOUR },
      ...Array.from({ length: 5 }, (_, number) => say(FROM + 10 * number * MINUTE, owner, "by the others' clocks")),
      { at: 90 * MINUTE, kind: "kill", member: owner, ms: 10_000, lands: true, keep: 0 },
      { at: 100 * MINUTE, kind: "clock-jump", member: owner, ms: -HOUR },
      ...Array.from({ length: 5 }, (_, number) => say((120 + 20 * number) * MINUTE, owner, "by its own again")),
    ];
  },
  expect: (world) => {
    const owner = world.members.at(-1);
    const { clockYes } = world.observer.counts;
    expectThat(clockYes >= 2, `its owner was asked and said yes ${clockYes} times`);
    expectThat(owner?.state.clock.correctionMs === 0, "it was taken back");
    for (const { author, content, at } of world.observer.truths.values()) {
      if (author !== owner?.index || at < FROM) continue;
      expectThat(
        Math.abs(content.composedAt - world.epoch - at) < MINUTE,
        `said at ${at}, dated ${content.composedAt}`,
      );
    }
  },
};
