import { removeFromOutbox } from "../../src/sds/outbox/replacing.ts";
import type { Mutation } from "../core/members/mutation.ts";

export const sentWithNobody: Mutation = {
  name: "sent-with-nobody",
  defect: "sent, although no service node took it",
  input: (_member, input) => {
    if (input.kind !== "attempt-result" || input.outcome.ok) return input;
    return { ...input, outcome: { ok: true, hint: new Uint8Array(32) } };
  },
};

export const givesUpSilently: Mutation = {
  name: "gives-up-silently",
  defect: "after a few tries the message is forgotten",
  afterStep: ({ state }) => {
    for (const [id, item] of state.outbox.items) {
      if (item.attempts < 4 || item.stage === "settled" || item.inFlight) continue;
      removeFromOutbox(state, id);
    }
  },
};
