import { receivedBy } from "../../src/sds/evidence/received-by.ts";
import { expectThat, HOUR, type Scenario, say } from "./scenario.ts";

export const lone: Scenario = {
  name: "lone",
  about:
    "One participant alone for a day writes five messages: nobody receives them, and the network is left in peace.",
  people: [1, 1],
  settings: { participants: 1, durationMs: 23 * HOUR },
  actions: () => Array.from({ length: 5 }, (_, number) => say((number + 1) * HOUR, 0)),
  heals: false,
  expect: (world) => {
    const [member] = world.members;
    for (const entry of member?.state.log.order ?? []) {
      expectThat(member !== undefined && receivedBy(member.state, entry).size === 0, "nobody received it");
      const stage = member?.state.outbox.items.get(entry.id)?.stage;
      expectThat(stage === "stored" || stage === "unconfirmed", `not confirmed, not ${stage}`);
    }
    expectThat(world.bytes.frames < 800, `${world.bytes.frames} frames in a day`);
  },
};
