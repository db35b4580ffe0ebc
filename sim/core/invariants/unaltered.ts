import type { SimParticipant } from "../members/participant.ts";
import { decodeFrame } from "../network/frame.ts";
import { check } from "../report/violation.ts";
import type { Truth } from "./truth.ts";

/** What is on a disk under an id is what its author said: the same words, time, number and causes. */
export function checkUnaltered(member: SimParticipant, { content }: Truth): void {
  const bytes = member.disk.body(content.id);
  const held = bytes === null ? "no body" : decodeFrame(bytes);
  const found = typeof held === "string" || held.kind !== "content" ? null : held.content;
  const same =
    found !== null &&
    found.id === content.id &&
    found.sender === content.sender &&
    found.lamport === content.lamport &&
    found.authorSeq === content.authorSeq &&
    found.parents.length === content.parents.length &&
    found.parents.every((parent, place) => {
      const said = content.parents[place];
      return parent.id === said?.id && parent.lamport === said.lamport;
    });
  check(same, "nobody alters", () => `member ${member.index} holds something else under ${content.id}`);
}
