import { possibleReceipts } from "../../src/sds/evidence/received-filter.ts";
import { ownParticipant } from "../../src/sds/participants/own.ts";
import { credit } from "../../src/sds/participants/proven.ts";
import type { Mutation } from "../core/members/mutation.ts";

export const filterIsAnAck: Mutation = {
  name: "filter-is-an-ack",
  defect: "a filter that seems to hold a message (all ones, or by chance) is a receipt",
  input: ({ state }, input) => {
    if (input.kind !== "receive-sync") return input;
    const open = [...state.outbox.items.values()].filter(({ stage }) => stage !== "settled");
    const listed = [...input.claim.listed, ...open.map(({ entry }) => ({ messageId: entry.id }))];
    return { ...input, claim: { ...input.claim, listed } };
  },
};

export const filterCounts: Mutation = {
  name: "filter-counts",
  defect: "a filter that passes every gate is a receipt all the same",
  afterStep: ({ state }) => {
    for (const { entry } of state.outbox.items.values()) {
      for (const { participant } of possibleReceipts(state, entry.id)) {
        credit(participant, entry.number, Number.POSITIVE_INFINITY);
      }
    }
  },
};

export const forgedAcks: Mutation = {
  name: "forged-acks",
  defect: "whoever sends a history speaks for whom it names",
  acceptsForged: true,
};

export const claimsTooMuch: Mutation = {
  name: "claims-too-much",
  defect: "complete_since does not rise above what was lost",
  effect: ({ state }, effect) => {
    if (effect.kind !== "send-sync") return effect;
    return { ...effect, sync: { ...effect.sync, completeSince: state.holes.joinLamport } };
  },
};

export const buffersSyncs: Mutation = {
  name: "buffers-syncs",
  defect: "what syncs name fills memory without bound",
  input: ({ state }, input) => {
    if (input.kind === "receive-sync")
      for (const participant of state.participants.all) ownParticipant(participant).unresolvedClaims = 0;
    return input;
  },
};
