import { describe, expect, it } from "vitest";
import { CHANNEL_STORES, type ChannelStore, type Space } from "./schema.ts";
import { leftBy, Sweep } from "./sweep.ts";

interface Portion {
  readonly store: ChannelStore;
  readonly space: Space;
  readonly rows: number;
}

/** A sweep over rows of the ledger, on a disk that takes `msPerRow` for each. */
function sweepOf(held: Map<Space, number>, options: { msPerRow?: number; fails?: (portion: number) => boolean } = {}) {
  const { msPerRow = 0, fails = () => false } = options;
  const portions: Portion[] = [];
  let now = 0;
  let swept = 0;
  const sweep = new Sweep({
    deleteRows: async ({ store, space }, rows) => {
      if (fails(portions.length)) throw new Error("The disk is broken.");
      portions.push({ store, space, rows });
      const there = store === "ledger" ? (held.get(space) ?? 0) : 0;
      const deleted = Math.min(rows, there);
      held.set(space, (held.get(space) ?? 0) - deleted);
      now += deleted * msPerRow;
      return deleted;
    },
    onSwept: () => swept++,
    now: () => now,
  });
  return { sweep, portions, swept: () => swept };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("sweeping what was left", () => {
  it("empties every store of every space, one after the other, and says when nothing is left", async () => {
    const held = new Map<Space, number>([
      [1, 100],
      [2, 64],
    ]);
    const { sweep, portions, swept } = sweepOf(held);
    sweep.add([...leftBy(1), ...leftBy(2)]);
    await settle();
    expect([...held.values()]).toEqual([0, 0]);
    expect(swept()).toBe(1);
    for (const space of [1, 2]) {
      const stores = portions.filter((portion) => portion.space === space).map(({ store }) => store);
      expect([...new Set(stores)]).toEqual([...CHANNEL_STORES]);
    }
    sweep.add([]);
    await settle();
    expect(swept()).toBe(1);
    sweep.add(leftBy(3));
    await settle();
    expect(swept()).toBe(2);
  });

  it.each([
    ["a fast disk", 0.001, 1_024],
    ["a slow disk", 1, 16],
    ["a disk that hardly moves", 1_000, 8],
  ])("takes on %s so many rows at a time that nobody waits long, and always some", async (_disk, msPerRow, rows) => {
    const { sweep, portions } = sweepOf(new Map([[1, 100_000]]), { msPerRow });
    sweep.add(leftBy(1));
    await settle();
    const last = portions.filter(({ store }) => store === "ledger").at(-1);
    expect(last?.rows).toBe(rows);
  });

  it("takes up what is added while it goes, and says it is done only then", async () => {
    const held = new Map<Space, number>([
      [1, 1_000],
      [2, 1_000],
    ]);
    const { sweep, swept } = sweepOf(held);
    sweep.add(leftBy(1));
    sweep.add(leftBy(2));
    await settle();
    expect([...held.values()]).toEqual([0, 0]);
    expect(swept()).toBe(1);
  });

  it("that fails says nothing, and goes on where it was when more is added", async () => {
    const held = new Map<Space, number>([
      [1, 1_000],
      [2, 10],
    ]);
    let broken = true;
    const { sweep, swept } = sweepOf(held, { fails: (portion) => broken && portion === 8 });
    sweep.add(leftBy(1));
    await settle();
    expect(held.get(1)).toBeGreaterThan(0);
    expect(swept()).toBe(0);
    broken = false;
    sweep.add(leftBy(2));
    await settle();
    expect([...held.values()]).toEqual([0, 0]);
    expect(swept()).toBe(1);
  });
});
