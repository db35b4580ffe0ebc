import fc from "fast-check";
import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";

/**
 * Unsigned messages can name each other in circles. Whatever waits for one, or for what never comes, is delivered after all
 * its causes that are there, but for those that wait for it as well.
 */

const MINUTE = 60_000;
/** Numbers that no message has are causes that never come. */
const nodes = fc.array(
  fc.record({
    signed: fc.boolean(),
    parents: fc.uniqueArray(fc.nat(9), { maxLength: 3 }),
    waitMinutes: fc.nat(6),
    order: fc.nat(100),
  }),
  { minLength: 2, maxLength: 8 },
);
type Nodes = typeof nodes extends fc.Arbitrary<infer T> ? T : never;

function isCause(all: Nodes, child: number, parent: number): boolean {
  const named = all[child]?.parents.includes(parent) === true && parent !== child && parent < all.length;
  return named && (!all[child]?.signed || !all[parent]?.signed || parent < child);
}

/** All of `there` that a message builds on, over any number of steps. */
function causesOf(all: Nodes, child: number, there: ReadonlySet<number>, past: ReadonlySet<string>): Set<number> {
  const found = new Set<number>();
  const stack = [child];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    for (const parent of there) {
      if (!isCause(all, current, parent) || past.has(`${current} ${parent}`) || found.has(parent)) continue;
      found.add(parent);
      stack.push(parent);
    }
  }
  return found;
}

interface Delivery {
  readonly node: number;
  /** What had come by then. */
  readonly there: ReadonlySet<number>;
}

function deliveries(all: Nodes): { delivered: Delivery[]; past: ReadonlySet<string> } {
  const core = new OneCore({}, "sds");
  core.online();
  const start = core.now;
  const delivered: Delivery[] = [];
  const there = new Set<number>();
  const lost = new Set<number>();
  const past = new Set<string>();
  let seen = 0;
  const note = () => {
    for (; seen < core.tables.ledger.length; seen++) {
      const row = core.tables.ledger[seen];
      const node = Number(row?.ids[0]?.slice(1));
      if (row?.kind === "delivered") delivered.push({ node, there: new Set(there) });
      if (row?.kind === "hole" && row.state === "lost") lost.add(node);
    }
  };
  const arrivals = [...all.entries()].sort(([a, x], [b, y]) => x.order - y.order || a - b);
  for (const [node, { signed, parents, waitMinutes }] of arrivals) {
    // It comes when it was given up: what named it before does not wait for it any more.
    if (lost.has(node)) for (const child of there) past.add(`${child} ${node}`);
    there.add(node);
    const named = parents.map((id) => ({ id: asMessageId(`n${id}`), lamport: signed ? start + id : null }));
    const content = core.content(asMessageId(`n${node}`), `author ${node}`, { lamport: start + node, parents: named });
    const unsigned = { ...content, signed: false, publicKey: null, authorSeq: null };
    const message = { content: signed ? content : unsigned, claim: null, source: "live", hint: undefined } as const;
    core.step({ kind: "receive-content", ...message });
    core.wait(waitMinutes * MINUTE);
    note();
  }
  core.wait(30 * MINUTE);
  note();
  return { delivered, past };
}

//= protocol: DELIVER-6
test("each is delivered once, and after its causes that came before it was", () => {
  fc.assert(
    fc.property(nodes, (all) => {
      const { delivered, past } = deliveries(all);
      expect(delivered.map(({ node }) => node).sort()).toEqual([...all.keys()]);
      for (const [place, { node, there }] of delivered.entries()) {
        for (const cause of causesOf(all, node, there, past)) {
          if (causesOf(all, cause, there, past).has(node)) continue;
          const before = delivered.findIndex((other) => other.node === cause);
          expect(before, `n${cause} before n${node}`).toBeLessThan(place);
        }
      }
    }),
    { numRuns: 200 },
  );
});
