import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelState } from "../channel-state.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { completeSince } from "./holes.ts";

/**
 * `complete_since` as docs/protocol.md has it (SINCE-1 to SINCE-4), from what is held alone: which messages wait and which were
 * delivered, what each names, and which ids were declared lost. Nothing of it knows in what order messages came.
 */
function byTheText(state: ChannelState): number {
  const held = [...state.log.entries.values()];
  const bounds = [state.holes.joinLamport, state.holes.watermark];
  for (const child of held) {
    for (const { id, lamport } of child.parents) {
      if (lamport === null) continue;
      const parent = state.log.entries.get(id);
      const counts = parent === undefined ? isPassed(state, held, id) : isWaitingUnder(child, lamport, parent);
      if (counts) bounds.push(lamport + 1);
    }
  }
  return Math.max(...bounds);
}

function isPassed(state: ChannelState, held: readonly LogEntry[], missing: string): boolean {
  if (state.holes.missing.get(asMessageId(missing))?.state === "lost") return true;
  return held.some(({ status, parents }) => status === "delivered" && parents.some(({ id }) => id === missing));
}

function isWaitingUnder(child: LogEntry, lamport: number, parent: LogEntry): boolean {
  const isTrue = child.signed && (!parent.signed || (lamport === parent.lamport && lamport < child.lamport));
  return isTrue && child.status === "delivered" && parent.status === "buffered";
}

const COUNT = 10;
const message = fc.record({
  signed: fc.boolean(),
  parents: fc.uniqueArray(
    fc.record({ back: fc.integer({ min: 1, max: 5 }), lie: fc.constantFrom(0, 0, 0, -7, 3, 40) }),
    { maxLength: 3, selector: ({ back }) => back },
  ),
});
const graph = fc.array(message, { minLength: COUNT, maxLength: COUNT });
/** In which order they come, how long nothing comes before each (min), and before which one the process starts anew. */
const arrivals = fc.uniqueArray(
  fc.record({ number: fc.nat(COUNT - 1), waits: fc.constantFrom(0, 0, 0, 1, 11), restarts: fc.boolean() }),
  { minLength: 1, maxLength: COUNT, selector: ({ number }) => number },
);

//= protocol: SINCE-1, SINCE-2, SINCE-3, SINCE-4, SINCE-5, STATE-2, EDGE-3
test("complete_since follows from what is held, whatever the order of arrival and over restarts", () => {
  const seen = { waiting: 0, falseEdge: 0 };
  fc.assert(
    fc.property(graph, arrivals, fc.constantFrom("community" as const, "sds" as const), (messages, order, profile) => {
      const core = new OneCore({}, profile);
      core.online();
      const lamportOf = (number: number): number => 1_760_000_000_000 - 1_000 + number * 10;
      for (const { number, waits, restarts } of order) {
        core.wait(waits * 60_000);
        if (restarts) {
          core.restart();
          core.online();
        }
        const { signed = true, parents = [] } = messages[number] ?? {};
        const isSigned = signed || profile === "community";
        const named = parents.map(({ back, lie }) => {
          const lamport = isSigned ? Math.min(lamportOf(number - back) + lie, lamportOf(number) - 1) : null;
          return { id: asMessageId(`m${number - back}`), lamport };
        });
        const fields = { lamport: lamportOf(number), parents: named };
        const content = { ...core.content(asMessageId(`m${number}`), isSigned ? "ben" : "plain", fields) };
        const author = isSigned ? {} : { signed: false, publicKey: null, authorSeq: null };
        core.step({
          ...{ kind: "receive-content", content: { ...content, ...author }, claim: null },
          ...{ source: "live", hint: undefined },
        });
        expect(completeSince(core.state)).toBe(byTheText(core.state));
        if (core.state.log.buffered.highestPassed() > 0) seen.waiting++;
        if (
          [...core.state.holes.missing.values()].some(
            ({ id, state }) => state === "lost" && core.state.log.entries.has(id),
          )
        ) {
          seen.falseEdge++;
        }
      }
    }),
    { numRuns: 250 },
  );
  // Otherwise the graphs say nothing of what is hard.
  expect(seen.waiting).toBeGreaterThan(25);
  expect(seen.falseEdge).toBeGreaterThan(25);
});
