import type { Mutation } from "../core/mutation.ts";

export const asksOnce: Mutation = {
  name: "asks-once",
  defect: "what is missing is asked for once and never again",
  input: ({ state }, input) => {
    for (const missing of state.missing.values()) {
      if (missing.requests > 0) missing.requestAt = Number.POSITIVE_INFINITY;
      if (missing.asks > 0) missing.askAt = Number.MAX_SAFE_INTEGER;
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
      const missing = state.missing.get(messageId);
      if (missing === undefined) continue;
      missing.requests = 1;
      missing.requestAt = Number.POSITIVE_INFINITY;
    }
  },
};

export const answersAll: Mutation = {
  name: "answers-all",
  defect: "one request is answered with all that there is (amplification)",
  afterStep: ({ state }, input) => {
    if (input.kind !== "receive-sync" || input.claim.repairRequests.length === 0) return;
    const requester = state.participantById.get(input.claim.sender);
    if (requester === undefined) return;
    for (const { id, removed } of state.log) {
      if (!removed && !state.answers.has(id))
        state.answers.set(id, { at: state.lastNow + 5_000, requester: requester.index });
    }
  },
};
