import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChannelState } from "../channel-state.ts";
import type { StepInput } from "../io/step-input.ts";
import { step } from "../step.ts";
import {
  boot,
  claimShapes,
  contentsOf,
  creditedTo,
  envAt,
  graphs,
  keys,
  provenBy,
  receive,
  START,
  shuffled,
  truthfulClaims,
} from "../testing/any-graph.ts";
import { createStoredTables } from "../testing/stored-tables.ts";
import { asParticipantId, type MessageId } from "../wire/ids.ts";

/** Any group, any causal graph, any order of arrival: what one participant makes of it. */

function logOf(state: ChannelState): MessageId[] {
  return [...state.log.order].map((entry) => entry.id);
}

describe("any order of arrival", () => {
  //= protocol: RECEIVE-2, RECEIVE-6, DELIVER-1, DELIVER-2
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
        expect([...state.log.heads].map(({ id }) => id).sort()).toEqual(heads.sort());
      }),
      { numRuns: 300 },
    );
  });
});

describe("evidence", () => {
  //= protocol: CLAIM-2, CLAIM-5, CLAIM-6
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

  //= protocol: STATE-2, CLAIM-8
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
          let state = boot(tables);
          for (const [index, { input }] of inputs.sort((a, b) => a.at - b.at).entries()) {
            for (const effect of step(state, input, envAt(START + 1_000))) {
              if (effect.kind === "commit") tables.apply(effect.changes);
            }
            if (stops[index] !== true) continue;
            const before = creditedTo(state, "dora");
            state = boot(tables);
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

  //= protocol: EDGE-2
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
        expect(state.log.heads.size).toBe(contents.length);
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
