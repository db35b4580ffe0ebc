import fc from "fast-check";
import { expect, it } from "vitest";
import type { ChannelState } from "./channel-state.ts";
import type { IncomingContent, StepInput } from "./io/step-input.ts";
import { step } from "./step.ts";
import {
  boot,
  claimShapes,
  contentsOf,
  envAt,
  graphs,
  keys,
  receive,
  START,
  shuffled,
  truthfulClaims,
} from "./testing/any-graph.ts";
import { createStoredTables } from "./testing/stored-tables.ts";
import { asParticipantId } from "./wire/ids.ts";

/** What a start derives anew, in the words of the state that it is derived for. */
function derivedOf({ log, holes, participants, evidence }: ChannelState) {
  const ids = (entries: Iterable<{ readonly id: string }>) => Array.from(entries, ({ id }) => id).sort();
  return {
    order: Array.from(log.order, ({ id }) => id),
    heads: ids(log.heads),
    buffered: ids(log.buffered),
    passed: log.buffered.highestPassed(),
    unread: { ...log.unread },
    entries: Object.fromEntries(
      Array.from(log.entries.values(), (entry) => [
        entry.id,
        {
          parents: entry.parents,
          children: entry.deliveredChildren,
          named: entry.namedByOthers,
          // What is delivered waits for nothing, and nothing is made of who waited with it.
          waitsFor: entry.status === "buffered" ? entry.blocking : 0,
          waiting: ids([...(entry.dependents ?? [])].filter(({ status }) => status === "buffered")),
        },
      ]),
    ),
    // What only syncs name is named again by the next one; what came and waits itself is missed no more.
    missing: Object.fromEntries(
      Array.from(holes.missing)
        .filter(([id, { children }]) => children.length > 0 && !log.entries.has(id))
        .map(([id, { lamport, children }]) => [id, { lamport, children: ids(children) }]),
    ),
    participants: participants.all.map((participant) => ({
      has: ids([...log.entries.values()].filter(({ number }) => participant.credits.has(number))),
      gaps: participant.numbers.gaps(),
      equivocations: participant.equivocations,
      unresolved: participant.unresolvedClaims,
    })),
    strangers: [...participants.strangers].map(({ index }) => index).sort(),
    pending: Object.fromEntries(
      Array.from(evidence.pending, ([id, waiting]) => [id, [...waiting.keys()].map(({ index }) => index).sort()]),
    ),
  };
}

/** How each message differs from an honest one that came: dropped, by this device, falsely dated causes, a number used twice. */
const twists = fc.array(fc.constantFrom("none", "none", "none", "dropped", "lie", "no-cause", "same-number", "hint"), {
  minLength: 24,
  maxLength: 24,
});

function twisted(contents: readonly IncomingContent[], how: readonly string[]): IncomingContent[] {
  const hintOf = (id: string) => new Uint8Array(32).fill(id.charCodeAt(63));
  return contents.flatMap((content, index) => {
    const twist = how[index];
    if (twist === "dropped") return [];
    const parents = content.parents.map((parent) => ({
      id: parent.id,
      lamport: twist === "lie" ? (parent.lamport ?? 0) - 5 : parent.lamport,
      ...(twist === "hint" ? { hint: hintOf(parent.id) } : {}),
    }));
    if (twist === "no-cause")
      parents.push({ id: content.id.replace(/^0/, "f") as typeof content.id, lamport: START + 3 });
    const sender = content.sender === "cleo" ? asParticipantId("me") : content.sender;
    const authorSeq = twist === "same-number" ? 1 : index + 2;
    return [{ ...content, sender, authorSeq, parents }];
  });
}

//= protocol: STATE-2
it("makes of what was written the state as it ran, in whatever order the disk gives it", () => {
  fc.assert(
    fc.property(graphs, keys, keys, claimShapes, twists, (graph, order, onDisk, shapes, how) => {
      const contents = contentsOf(graph);
      const inputs: { input: StepInput; at: number }[] = [
        ...shuffled(twisted(contents, how), order).map((content, at) => ({ input: receive(content), at: at * 2 })),
        ...truthfulClaims(contents, shapes).map(
          ({ claim, at }) => ({ input: { kind: "receive-sync", claim, source: "live" }, at }) as const,
        ),
      ];
      const tables = createStoredTables();
      const state = boot(tables);
      for (const { input } of inputs.sort((a, b) => a.at - b.at)) {
        for (const effect of step(state, input, envAt(START + 1_000))) {
          if (effect.kind === "commit") tables.apply(effect.changes);
        }
      }
      const derived = derivedOf(boot(tables));
      expect(derived).toEqual(derivedOf(state));
      const scattered = {
        ...tables,
        load: () => ({ ...tables.load(), messages: shuffled(tables.load().messages, onDisk) }),
      };
      expect(derivedOf(boot(scattered))).toEqual(derived);
    }),
    { numRuns: 60 },
  );
});

it("keeps one edge for all who name a message alike, and each one's own where they differ", () => {
  const [first, ...others] = contentsOf([
    { author: 0, parents: [] },
    { author: 1, parents: [1] },
    { author: 2, parents: [2] },
    { author: 0, parents: [3] },
    { author: 1, parents: [4] },
  ]);
  if (first === undefined) return;
  const hint = (fill: number) => new Uint8Array(32).fill(fill);
  const hints = [undefined, undefined, hint(1), hint(2)];
  const tables = createStoredTables();
  const state = boot(tables);
  const named = others.map((content, index) => ({ ...content, parents: [{ ...first, hint: hints[index] }] }));
  for (const content of [first, ...named]) {
    const parents = content.parents.map(({ id, lamport, hint: carried }) => ({ id, lamport, hint: carried }));
    for (const effect of step(state, receive({ ...content, parents }), envAt(START + 1_000))) {
      if (effect.kind === "commit") tables.apply(effect.changes);
    }
  }
  const restored = boot(tables);
  const edges = others.map(({ id }) => restored.log.entries.get(id)?.parents[0]);
  expect(edges[0]).toBe(edges[1]);
  expect(edges).toEqual(others.map(({ id }) => state.log.entries.get(id)?.parents[0]));
  expect(new Set(edges.map((edge) => edge?.hint)).size).toBe(3);
});
