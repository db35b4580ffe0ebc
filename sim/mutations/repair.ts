import { ownMissing } from "../../src/sds/holes/own.ts";
import { ownRepair } from "../../src/sds/repair/own.ts";
import type { Mutation } from "../core/members/mutation.ts";

export const asksOnce: Mutation = {
  name: "asks-once",
  defect: "what is missing is asked for once and never again",
  input: ({ state }, input) => {
    for (const missing of state.holes.missing.values()) {
      if (missing.requests > 0) ownMissing(missing).requestAt = Number.POSITIVE_INFINITY;
      if (missing.asks > 0) ownMissing(missing).askAt = Number.MAX_SAFE_INTEGER;
    }
    return input;
  },
};

export const neverAnswers: Mutation = {
  name: "never-answers",
  defect: "nobody answers a repair request",
  effect: (_member, effect) => (effect.kind === "repair" ? null : effect),
};

export const requestsSuppress: Mutation = {
  name: "requests-suppress",
  defect: "a stranger's request for something takes away mine",
  afterStep: ({ state }, input) => {
    if (input.kind !== "receive-sync") return;
    for (const { messageId } of input.claim.repairRequests) {
      const missing = state.holes.missing.get(messageId);
      if (missing === undefined) continue;
      ownMissing(missing).requests = 1;
      ownMissing(missing).requestAt = Number.POSITIVE_INFINITY;
    }
  },
};

export const answersAll: Mutation = {
  name: "answers-all",
  defect: "one request is answered with all that there is (amplification)",
  afterStep: ({ state }, input) => {
    if (input.kind !== "receive-sync" || input.claim.repairRequests.length === 0) return;
    const requester = state.participants.byId.get(input.claim.sender);
    if (requester === undefined) return;
    for (const { id, removed } of state.log.order) {
      if (!removed && !state.repair.answers.has(id))
        ownRepair(state).answers.set(id, { at: state.clock.lastNow + 5_000, requester: requester.index });
    }
  },
};
