import { checkConverged } from "../core/invariants/end.ts";
import { every, HOUR, MINUTE, offline, type Scenario, say } from "./scenario.ts";

export const neverOverlap: Scenario = {
  name: "never-overlap",
  about: "Two people who are never online together; a Store between them carries messages and receipts.",
  people: [2, 2],
  settings: { participants: 2, durationMs: 10 * HOUR },
  actions: ({ durationMs }) => [
    offline(0, 1, 30 * MINUTE),
    ...every(HOUR, durationMs, (at) => [offline(at + 30 * MINUTE, 1, 30 * MINUTE)], 0),
    ...every(HOUR, durationMs, (at) => [offline(at - 31 * MINUTE, 0, 32 * MINUTE)]),
    ...every(HOUR, durationMs - 3 * HOUR, (at) => [say(at + 5 * MINUTE, 0), say(at + 40 * MINUTE, 1)]),
  ],
  heals: false,
  expect: (world) => {
    for (const member of world.members) member.start();
    const left = checkConverged(world);
    if (left !== null) throw left;
  },
};
