import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import type { World } from "../core/world.ts";
import { expectThat, type Scenario, SECOND, say } from "./scenario.ts";

/** They come within this time, as each has to connect first. */
const JOINING_MS = 5 * SECOND;
const SETTLED_MS = 60 * SECOND;
const TALK_SECONDS = 60;
const DELIVERED_MS = 15 * SECOND;
/** Each of them takes in two. Without rules for an intake that lags it was up to eight, and the lag grew without end. */
const MOST_FRAMES_PER_SECOND = 2.5;

export const crowdJoins: Scenario = {
  name: "crowd-joins",
  about:
    "Forty people on a busy machine, on which each can take in two frames a second, join at once; then one of them talks.",
  people: [2, 40],
  settings: { participants: 40, busy: 40, intakeMs: SECOND, latencyMs: [20, 200], durationMs: SETTLED_MS },
  actions: ({ participants }, random) =>
    Array.from({ length: participants }, (_, member) => {
      const at = Math.floor(random() * JOINING_MS);
      return [{ at, kind: "join" as const, member }, say(at, member, `Guest ${member}`, MESSAGE_TYPE.profile)];
    }).flat(),
  expect: (world) => {
    const lackedAtFirst = lackedBy(world);
    expectThat(lackedAtFirst === 0, `after ${SETTLED_MS / SECOND} s ${lackedAtFirst} names were not known`);
    const frames = world.bytes.frames;
    for (let second = 0; second < TALK_SECONDS; second++) {
      world.perform(say(0, 0, `message ${second}`));
      world.run(SECOND);
    }
    const perSecond = (world.bytes.frames - frames) / TALK_SECONDS;
    expectThat(perSecond <= MOST_FRAMES_PER_SECOND, `while one talked ${perSecond} frames a second were sent`);
    world.run(DELIVERED_MS);
    const lacking = lackedBy(world);
    expectThat(lacking === 0, `${lacking} of the messages were not delivered in ${DELIVERED_MS / SECOND} s`);
  },
};

/** Of how many messages and members the one was not delivered by the other. */
function lackedBy({ members, observer }: World): number {
  let lacking = 0;
  for (const id of observer.truths.keys()) {
    for (const { state } of members) if (state.log.entries.get(id)?.status !== "delivered") lacking++;
  }
  return lacking;
}
