import { referenceOf } from "../../src/sds/log/log-entry.ts";
import { ownLog } from "../../src/sds/log/own.ts";
import type { Mutation } from "../core/members/mutation.ts";

export const oneIdForEqualTexts: Mutation = {
  name: "one-id-for-equal-texts",
  defect: "the id is the hash of the text alone, so the second of two equal texts is lost",
  compose: (fields) => ({ ...fields, authorSeq: 1, composedAt: 0, parents: [] }),
};

export const deliversDuplicates: Mutation = {
  name: "delivers-duplicates",
  defect: "the same bytes again are another delivery",
  receive: (member, decoded, frame, source) => {
    if (decoded.kind !== "content" || decoded.content.sender === member.speaker.self) return null;
    const { content, claim } = decoded;
    ownLog(member.state).entries.delete(content.id);
    return [{ kind: "receive-content", content, claim, source, hint: frame.hash }];
  },
};

export const manyCauses: Mutation = {
  name: "200-causes",
  defect: "each message lists the last 200",
  compose: (fields, { state }) => {
    const last = [...state.log.order].slice(-200).filter((entry) => entry.lamport < fields.lamport);
    return { ...fields, parents: last.map(referenceOf) };
  },
};
