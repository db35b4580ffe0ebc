import type { Mutation } from "../core/members/mutation.ts";

export const forgetsAll: Mutation = {
  name: "forgets-all",
  defect: "a restart begins with nothing",
  load: () => ({ messages: [], outbox: [], participants: [], holes: [], meta: {} }),
};

export const ignoresOwn: Mutation = {
  name: "ignores-own",
  defect: "own messages are not kept, and ignored when they come back after a restart",
  load: (stored) => ({ ...stored, messages: stored.messages.filter((message) => !message.mine), outbox: [] }),
  input: ({ speaker }, input) =>
    input.kind === "receive-content" && input.content.sender === speaker.self ? null : input,
};

export const neverSyncs: Mutation = {
  name: "never-syncs",
  defect: "what was accepted or claimed is not on disk for good",
  effect: (_member, effect) => (effect.kind === "commit" ? { ...effect, durability: "relaxed" } : effect),
};
