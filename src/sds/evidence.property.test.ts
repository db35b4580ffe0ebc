import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChannelState, Environment } from "./channel-state.ts";
import { receivedBy } from "./evidence.ts";
import { asChannelId, asMessageId, asParticipantId, type MessageId } from "./ids.ts";
import { MESSAGE_TYPE } from "./message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "./parameters.ts";
import type { StoredChannel } from "./records.ts";
import { restore } from "./restore.ts";
import { step } from "./step.ts";
import type { IncomingClaim, IncomingContent, StepInput } from "./step-input.ts";
import { createStoredTables } from "./testing/stored-tables.ts";

/** Any group, any causal graph, any order of arrival: what one participant makes of it. */

const START = 1_760_000_000_000;
const AUTHORS = ["ada", "ben", "cleo"] as const;

/** Which authors speak, and which earlier messages (counted backwards) each message names. */
const graphs = fc.array(
  fc.record({ author: fc.nat(2), parents: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }) }),
  {
    minLength: 1,
    maxLength: 24,
  },
);
type Graph = typeof graphs extends fc.Arbitrary<infer T> ? T : never;

const idOf = (number: number): MessageId => asMessageId(number.toString(16).padStart(64, "0"));
/** Ids do not follow time, so that order by id is not order by time. */
const scrambled = (number: number): MessageId => idOf((number * 7_919) % 65_536);

function contentsOf(graph: Graph): IncomingContent[] {
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

const NOTHING: StoredChannel = { messages: [], outbox: [], participants: [], holes: [], meta: {} };

function boot(stored = NOTHING): ChannelState {
  const identity = {
    ...{ channelId: asChannelId("c"), self: asParticipantId("me"), publicKey: Uint8Array.of(9) },
    ...({ profile: "community", parameters: CHANNEL_PARAMETER_DEFAULTS } as const),
  };
  return restore(identity, stored, envAt(START)).state;
}

function envAt(now: number): Environment {
  return { now, random: () => 0.5 };
}

function receive(content: IncomingContent): StepInput {
  return { kind: "receive-content", content, claim: null, source: "live", hint: undefined };
}

function logOf(state: ChannelState): MessageId[] {
  return [...state.log].map((entry) => entry.id);
}

/** A shuffle by keys: fast-check shrinks it to the order as it was said. */
const keys = fc.array(fc.nat(1_000), { minLength: 24, maxLength: 24 });
function shuffled<T>(items: readonly T[], by: readonly number[]): T[] {
  return items
    .map((item, index) => ({ item, key: by[index % by.length] ?? 0, index }))
    .sort((a, b) => a.key - b.key || a.index - b.index)
    .map(({ item }) => item);
}

describe("any order of arrival", () => {
  it("gives the same log and heads, each message once and after its causes", () => {
    fc.assert(
      fc.property(graphs, keys, (graph, order) => {
        const contents = contentsOf(graph);
        const state = boot();
        const delivered: MessageId[] = [];
        for (const content of shuffled([...contents, ...contents], [...order, ...order].reverse())) {
          for (const effect of step(state, receive(content), envAt(START + 1_000))) {
            if (effect.kind !== "commit") continue;
            for (const change of effect.changes) {
              if (change.op === "put" && change.table === "ledger" && change.record.kind === "delivered") {
                delivered.push(...change.record.ids);
              }
            }
          }
        }
        const inOrder = [...contents].sort((a, b) => a.lamport - b.lamport).map(({ id }) => id);
        expect(logOf(state)).toEqual(inOrder);
        expect([...delivered].sort()).toEqual([...inOrder].sort());
        for (const { id, parents } of contents) {
          for (const parent of parents) expect(delivered.indexOf(parent.id)).toBeLessThan(delivered.indexOf(id));
        }
        const named = new Set(contents.flatMap(({ parents }) => parents.map((parent) => parent.id)));
        const heads = inOrder.filter((id) => !named.has(id));
        expect([...state.heads].map(({ id }) => id).sort()).toEqual(heads.sort());
      }),
      { numRuns: 300 },
    );
  });
});

/** Claims of dora: what she lists, and since when she says to have all that it builds on. */
const claimShapes = fc.array(
  fc.record({ has: fc.nat(23), listed: fc.array(fc.nat(23), { maxLength: 4 }), since: fc.nat(24), at: fc.nat(47) }),
  { minLength: 1, maxLength: 8 },
);
type Claims = typeof claimShapes extends fc.Arbitrary<infer T> ? T : never;

/**
 * Dora has the first `has` + 1 messages and what they build on, says so of some of them, and names as `complete_since`
 * any time after which she has all that they build on.
 */
function truthfulClaims(contents: readonly IncomingContent[], shapes: Claims): { claim: IncomingClaim; at: number }[] {
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
function provenBy(contents: readonly IncomingContent[], claims: readonly IncomingClaim[]): Set<MessageId> {
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

function creditedTo(state: ChannelState, name: string): Set<MessageId> {
  const index = state.participantById.get(asParticipantId(name))?.index ?? -1;
  return new Set(
    [...state.entries.values()].filter((entry) => receivedBy(state, entry).has(index)).map(({ id }) => id),
  );
}

describe("evidence", () => {
  it("is exactly what was claimed, whatever comes first, and never less than before", () => {
    fc.assert(
      fc.property(graphs, keys, claimShapes, (graph, order, shapes) => {
        const contents = contentsOf(graph);
        const claims = truthfulClaims(contents, shapes);
        const inputs: { input: StepInput; at: number }[] = [
          ...shuffled(contents, order).map((content, at) => ({ input: receive(content), at: at * 2 })),
          ...claims.map(({ claim, at }) => ({ input: { kind: "receive-sync", claim, source: "live" } as const, at })),
        ];
        const state = boot();
        let before = new Set<MessageId>();
        for (const { input } of inputs.sort((a, b) => a.at - b.at)) {
          step(state, input, envAt(START + 1_000));
          const now = creditedTo(state, "dora");
          for (const id of before) expect(now.has(id)).toBe(true);
          before = now;
        }
        expect([...before].sort()).toEqual(
          [
            ...provenBy(
              contents,
              claims.map(({ claim }) => claim),
            ),
          ].sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("is the same after a restart at any time", () => {
    fc.assert(
      fc.property(
        graphs,
        keys,
        claimShapes,
        fc.array(fc.boolean(), { maxLength: 60 }),
        (graph, order, shapes, stops) => {
          const contents = contentsOf(graph).map((content) =>
            content.sender === "cleo" ? { ...content, sender: asParticipantId("me") } : content,
          );
          const inputs: { input: StepInput; at: number }[] = [
            ...shuffled(contents, order).map((content, at) => ({ input: receive(content), at: at * 2 })),
            ...truthfulClaims(contents, shapes).map(
              ({ claim, at }) => ({ input: { kind: "receive-sync", claim, source: "live" }, at }) as const,
            ),
          ];
          const tables = createStoredTables();
          let state = boot(tables.load());
          for (const [index, { input }] of inputs.sort((a, b) => a.at - b.at).entries()) {
            for (const effect of step(state, input, envAt(START + 1_000))) {
              if (effect.kind === "commit") tables.apply(effect.changes);
            }
            if (stops[index] !== true) continue;
            const before = creditedTo(state, "dora");
            state = boot(tables.load());
            expect(creditedTo(state, "dora")).toEqual(before);
          }
          const contentsProven = provenBy(
            contents,
            truthfulClaims(contents, shapes).map(({ claim }) => claim),
          );
          expect([...creditedTo(state, "dora")].sort()).toEqual([...contentsProven].sort());
        },
      ),
      { numRuns: 300 },
    );
  });

  it("does not pass through edges whose Lamport timestamp is not the parent's own", () => {
    fc.assert(
      fc.property(graphs, keys, fc.integer({ min: -9, max: 9 }), (graph, order, lie) => {
        fc.pre(lie !== 0);
        const contents = contentsOf(graph).map((content) => ({
          ...content,
          parents: content.parents.map(({ id, lamport }) => ({ id, lamport: (lamport ?? 0) + lie })),
        }));
        const state = boot();
        for (const content of shuffled(contents, order)) step(state, receive(content), envAt(START + 1_000));
        expect(state.heads.size).toBe(contents.length);
        const [last] = contents.slice(-1);
        if (last === undefined) return;
        const [{ claim } = { claim: null }] = truthfulClaims(contents, [{ has: 23, listed: [], since: 0, at: 0 }]);
        if (claim === null) return;
        const listed = { ...claim, listed: [{ messageId: last.id }] };
        step(state, { kind: "receive-sync", claim: listed, source: "live" }, envAt(START + 1_000));
        expect([...creditedTo(state, "dora")]).toEqual([last.id]);
      }),
      { numRuns: 200 },
    );
  });
});
