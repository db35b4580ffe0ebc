import type { MessageId } from "../../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";
import type { Truths, View } from "./truth.ts";

export function checkOnce(member: SimParticipant, seen: View, id: MessageId): void {
  check(!seen.delivered.has(id), "at most once", () => `member ${member.index} delivered ${id} again`);
}

/** Every cause is delivered before, or declared lost, or older than the join point; false edges are no causes. */
export function checkCausesFirst(member: SimParticipant, seen: View, id: MessageId, truths: Truths): void {
  const truth = truths.get(id);
  check(truth !== undefined, "nothing is made up", () => `member ${member.index} delivered ${id}, which nobody said`);
  const { content } = truth;
  for (const parent of content.parents) {
    if (seen.delivered.has(parent.id)) continue;
    const cause = truths.get(parent.id);
    // Plain SDS clients sign no Lamport timestamp of a cause; then it is one whatever its time.
    const { lamport } = parent;
    const isFalse =
      cause !== undefined && lamport !== null && (cause.content.lamport !== lamport || lamport >= content.lamport);
    const isOlder = lamport !== null && lamport < member.state.holes.joinLamport;
    const excused = isFalse || isOlder || seen.lost.has(parent.id) || parent.id === id;
    check(excused, "causes first", () => `member ${member.index} delivered ${id} before its cause ${parent.id}`);
  }
}
