import fc from "fast-check";
import type { ChannelState } from "../channel-state.ts";
import { receivedBy } from "../evidence/received-by.ts";
import type { Environment } from "../io/step-context.ts";
import type { IncomingClaim, IncomingContent, StepInput } from "../io/step-input.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { asChannelId, asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { createStoredTables, type StoredTables } from "./stored-tables.ts";

/** Any group, any causal graph, any order of arrival, and any true claims of one of its members. */

export const START = 1_760_000_000_000;
const AUTHORS = ["ada", "ben", "cleo"] as const;

/** Which authors speak, and which earlier messages (counted backwards) each message names. */
export const graphs = fc.array(
  fc.record({ author: fc.nat(2), parents: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }) }),
  {
    minLength: 1,
    maxLength: 24,
  },
);
export type Graph = typeof graphs extends fc.Arbitrary<infer T> ? T : never;

const idOf = (number: number): MessageId => asMessageId(number.toString(16).padStart(64, "0"));
/** Ids do not follow time, so that order by id is not order by time. */
const scrambled = (number: number): MessageId => idOf((number * 7_919) % 65_536);

export function contentsOf(graph: Graph): IncomingContent[] {
  const contents: IncomingContent[] = [];
  for (const [number, { author, parents }] of graph.entries()) {
    const named = parents.flatMap((back) => contents[number - back] ?? []);
    contents.push({
      ...{
        id: scrambled(number),
        lamport: START + number * 10,
        signed: true,
        authorSeq: null,
        type: MESSAGE_TYPE.chat,
      },
      ...{ sender: asParticipantId(AUTHORS[author] ?? "ada"), publicKey: Uint8Array.of(author), composedAt: START },
      ...{ parents: named.map(({ id, lamport }) => ({ id, lamport })), bytes: new Uint8Array(8), profileName: null },
    });
  }
  return contents;
}

/** A fresh channel, or what a restart makes of what was stored. */
export function boot(tables: StoredTables = createStoredTables()): ChannelState {
  const identity = {
    ...{ channelId: asChannelId("c"), self: asParticipantId("me"), publicKey: Uint8Array.of(9) },
    ...({ profile: "community", parameters: CHANNEL_PARAMETER_DEFAULTS } as const),
  };
  const { state, changes } = restore(identity, tables.load(), envAt(START));
  tables.apply(changes);
  return state;
}

export function envAt(now: number): Environment {
  return { now, random: () => 0.5 };
}

export function receive(content: IncomingContent): StepInput {
  return { kind: "receive-content", content, claim: null, source: "live", hint: undefined };
}

/** A shuffle by keys: fast-check shrinks it to the order as it was said. */
export const keys = fc.array(fc.nat(1_000), { minLength: 24, maxLength: 24 });
export function shuffled<T>(items: readonly T[], by: readonly number[]): T[] {
  return items
    .map((item, index) => ({ item, key: by[index % by.length] ?? 0, index }))
    .sort((a, b) => a.key - b.key || a.index - b.index)
    .map(({ item }) => item);
}

/** Claims of dora: what she lists, and since when she says to have all that it builds on. */
export const claimShapes = fc.array(
  fc.record({ has: fc.nat(23), listed: fc.array(fc.nat(23), { maxLength: 4 }), since: fc.nat(24), at: fc.nat(47) }),
  { minLength: 1, maxLength: 8 },
);
export type Claims = typeof claimShapes extends fc.Arbitrary<infer T> ? T : never;

/**
 * Dora has the first `has` + 1 messages and what they build on, says so of some of them, and names as `complete_since`
 * any time after which she has all that they build on.
 */
export function truthfulClaims(
  contents: readonly IncomingContent[],
  shapes: Claims,
): { claim: IncomingClaim; at: number }[] {
  return shapes.map(({ has, listed, since, at }, index) => {
    const names = listed.flatMap((number) => (number <= has ? (contents[number] ?? []) : []));
    const claim: IncomingClaim = {
      ...{ sender: asParticipantId("dora"), signed: true, publicKey: Uint8Array.of(4), by: "sync" as const },
      ...{ lamport: START + index, completeSince: START + since * 10, repairRequests: [], receiptsWantedFrom: null },
      listed: names.map(({ id }) => ({ messageId: id })),
    };
    return { claim, at };
  });
}

/** What these claims say, walked without any of the product's code. */
export function provenBy(contents: readonly IncomingContent[], claims: readonly IncomingClaim[]): Set<MessageId> {
  const byId = new Map(contents.map((content) => [content.id, content]));
  const proven = new Set<MessageId>();
  const walk = (content: IncomingContent, since: number): void => {
    proven.add(content.id);
    for (const parent of content.parents) {
      const cause = byId.get(parent.id);
      if (cause !== undefined && cause.lamport >= since) walk(cause, since);
    }
  };
  for (const { listed, completeSince } of claims) {
    for (const { messageId } of listed) {
      const content = byId.get(messageId);
      if (content !== undefined) walk(content, completeSince);
    }
  }
  return proven;
}

export function creditedTo(state: ChannelState, name: string): Set<MessageId> {
  const index = state.participants.byId.get(asParticipantId(name))?.index ?? -1;
  return new Set(
    [...state.log.entries.values()].filter((entry) => receivedBy(state, entry).has(index)).map(({ id }) => id),
  );
}
