import { connectedNow } from "../../src/sds/clock/connected-time.ts";
import { ownClock } from "../../src/sds/clock/own.ts";
import { ownHoles } from "../../src/sds/holes/own.ts";
import { ownLog } from "../../src/sds/log/own.ts";
import type { MessageId } from "../../src/sds/wire/ids.ts";
import type { Mutation } from "../core/members/mutation.ts";
import type { SimParticipant } from "../core/members/participant.ts";

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60_000;

export const receivedSatisfies: Mutation = {
  name: "received-satisfies",
  defect: "a cause that was received but not delivered satisfies what depends on it",
  input: ({ state }, input) => {
    if (input.kind !== "receive-content") return input;
    const parents = input.content.parents.filter((parent) => state.log.entries.get(parent.id)?.status !== "buffered");
    return { ...input, content: { ...input.content, parents } };
  },
};

const poisoned = new WeakMap<SimParticipant, number>();

/** Raised again after each step: the protocol itself lets the clock fall when it is further ahead than clocks may be. */
export const poisonable: Mutation = {
  name: "poisonable",
  defect: "a Lamport timestamp of the far future is taken over",
  afterStep: (member, input) => {
    const taken = input.kind === "receive-content" ? input.content.lamport : 0;
    const highest = Math.max(poisoned.get(member) ?? 0, taken);
    poisoned.set(member, highest);
    ownClock(member.state).lamport = Math.max(member.state.clock.lamport, highest);
  },
};

export const lostBlocksForEver: Mutation = {
  name: "lost-blocks-for-ever",
  defect: "a cause that never comes blocks its dependents for ever",
  parameters: { lostAfterMs: TEN_YEARS_MS },
};

const dropped = new WeakMap<SimParticipant, Set<MessageId>>();

export const lostDropsDependents: Mutation = {
  name: "lost-drops-dependents",
  defect: "what depends on a cause that does not come is dropped",
  input: (member, input) => {
    const { state } = member;
    const gone = dropped.get(member) ?? new Set();
    dropped.set(member, gone);
    if (input.kind === "receive-content" && gone.has(input.content.id)) return null;
    for (const entry of [...state.log.buffered]) {
      if (state.log.buffered.deadlineOf(entry) > connectedNow(state, member.now()) + 1_000) continue;
      ownLog(state).buffered.delete(entry);
      ownLog(state).entries.delete(entry.id);
      gone.add(entry.id);
    }
    return input;
  },
};

export const newcomerNeedsAll: Mutation = {
  name: "newcomer-needs-all",
  defect: "a newcomer waits for everything that was said before it joined",
  parameters: { lostAfterMs: TEN_YEARS_MS },
  afterBoot: ({ state }) => {
    ownHoles(state).joinLamport = 0;
  },
};

export const orderOfArrival: Mutation = {
  name: "order-of-arrival",
  defect: "the log is in the order of arrival",
  input: ({ state }, input) => {
    if (input.kind !== "receive-content") return input;
    return { ...input, content: { ...input.content, lamport: state.clock.lamport + 1 } };
  },
};
