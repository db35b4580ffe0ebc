import { completeSince } from "../../../src/sds/holes/holes.ts";
import { isTrueEdge } from "../../../src/sds/log/log-entry.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";

/**
 * From complete_since on, all that its messages build on is delivered, after a boot as before it: others take its word
 * for that, down every edge that may be true.
 */
export function checkCompleteSince({ state, index }: SimParticipant): void {
  const since = completeSince(state);
  for (const entry of state.log.order) {
    if (!entry.signed || state.log.ahead.has(entry)) continue;
    for (const reference of entry.parents) {
      const { id, lamport } = reference;
      if (lamport === null || lamport < since || lamport >= entry.lamport) continue;
      const parent = state.log.entries.get(id);
      const holds = parent?.status === "delivered" || (parent !== undefined && !isTrueEdge(entry, reference, parent));
      check(holds, "complete_since is true", () => {
        return `member ${index} says that it has all from ${since} on, but not ${id} at ${lamport} under ${entry.id}`;
      });
    }
  }
}
