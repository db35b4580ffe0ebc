import fc from "fast-check";
import { expect, it } from "vitest";
import type { ChannelState } from "./channel-state.ts";
import type { MessageRecord } from "./io/records.ts";
import type { IncomingContent, StepInput } from "./io/step-input.ts";
import { beginRestore, restore } from "./restore.ts";
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
          audience: entry.audience,
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

/** What a disk gives more than once: as it was before, to be deleted, or deleted and written anew. */
const histories = fc.array(fc.constantFrom("once", "once", "before", "deleted", "anew", "never"), {
  minLength: 24,
  maxLength: 24,
});

//= protocol: STATE-2
it("makes the same of messages that were overridden or removed as of what is left of them", () => {
  fc.assert(
    fc.property(graphs, keys, twists, histories, claimShapes, (graph, onDisk, how, what, shapes) => {
      const tables = createStoredTables();
      const state = boot(tables);
      const contents = contentsOf(graph);
      const inputs: StepInput[] = [
        ...twisted(contents, how).map(receive),
        ...truthfulClaims(contents, shapes).map(
          ({ claim }) => ({ kind: "receive-sync", claim, source: "live" }) as const,
        ),
      ];
      for (const input of inputs) {
        for (const effect of step(state, input, envAt(START + 1_000))) {
          if (effect.kind === "commit") tables.apply(effect.changes);
        }
      }
      const stored = tables.load();
      const messages = shuffled(stored.messages, onDisk);
      const restoring = beginRestore(state.identity, stored);
      const puts: string[] = [];
      const put = (record: MessageRecord): void => {
        expect(restoring.put(record)).toBe(puts.lastIndexOf(record.id));
        puts.push(record.id);
      };
      const remove = (record: MessageRecord): void => {
        expect(restoring.remove(record.id)).toBe(puts.lastIndexOf(record.id));
        expect(restoring.remove(record.id)).toBe(-1);
        puts.splice(puts.lastIndexOf(record.id), 1, "removed");
      };
      const whatOf = (record: MessageRecord) => what[stored.messages.findIndex(({ id }) => id === record.id)];
      for (const record of messages) {
        const before: MessageRecord = {
          ...record,
          status: "buffered",
          parents: record.parents.slice(1),
          audience: [1],
        };
        if (whatOf(record) === "before") {
          put({ ...before, waitsUntilConnectedMs: 5, hint: new Uint8Array(32) });
          put(before);
        }
        if (!["before", "never"].includes(whatOf(record) ?? "")) put(record);
      }
      for (const record of messages) if (["deleted", "anew"].includes(whatOf(record) ?? "")) remove(record);
      for (const record of messages) if (["before", "anew"].includes(whatOf(record) ?? "")) put(record);
      const left = messages.filter((record) => !["deleted", "never"].includes(whatOf(record) ?? ""));
      // What was written anew stands where it was written.
      const inOrder = [
        ...left.filter((record) => whatOf(record) !== "anew"),
        ...left.filter((record) => whatOf(record) === "anew"),
      ];
      const once = restore(state.identity, { ...stored, messages: inOrder }, envAt(START)).state;
      const often = restoring.finish(envAt(START)).state;
      expect(derivedOf(often)).toEqual(derivedOf(once));
      const numbers = ({ log }: ChannelState) => Array.from(log.entries.values(), ({ id, number }) => [id, number]);
      expect(numbers(often)).toEqual(numbers(once));
      expect(often.log.nextNumber).toBe(inOrder.length);
    }),
    { numRuns: 100 },
  );
});

it("keeps one audience for all messages of an author that have the same, and each one's own where they differ", () => {
  const tables = createStoredTables();
  const state = boot(tables);
  const contents = contentsOf(Array.from({ length: 5 }, () => ({ author: 0, parents: [1] })));
  for (const content of contents) {
    for (const effect of step(state, receive(content), envAt(START + 1_000))) {
      if (effect.kind === "commit") tables.apply(effect.changes);
    }
  }
  const audiences = [[1, 2], [1, 2], [1, 2, 3], [1, 2], []];
  const stored = tables.load();
  const messages = stored.messages.map((record, index) => ({ ...record, audience: audiences[index] ?? [] }));
  const { log } = restore(state.identity, { ...stored, messages }, envAt(START)).state;
  const restored = Array.from(log.entries.values(), ({ audience }) => audience);
  expect(restored).toEqual(audiences);
  expect(restored[0]).toBe(restored[1]);
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
