import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DueQueue } from "./due-queue.ts";

interface Item {
  at: number;
}

const timeOf = (item: Item) => item.at;

describe("DueQueue", () => {
  it("is empty at first", () => {
    const queue = new DueQueue<Item>();
    expect(queue.nextAt(timeOf)).toBe(Number.POSITIVE_INFINITY);
    expect(queue.takeDue(1_000, timeOf)).toEqual([]);
  });

  it("takes out what is due, and that only", () => {
    const queue = new DueQueue<Item>();
    const items = [5, 1, 3, 9, 7].map((at) => ({ at }));
    for (const item of items) queue.add(item, item.at);
    expect(queue.takeDue(5, timeOf).map(timeOf)).toEqual([1, 3, 5]);
    expect(queue.nextAt(timeOf)).toBe(7);
  });

  it("gives an item once, however often it was added", () => {
    const queue = new DueQueue<Item>();
    const item = { at: 8 };
    queue.add(item, 8);
    item.at = 2;
    queue.add(item, 2);
    queue.add(item, 2);
    expect(queue.takeDue(10, timeOf)).toEqual([item]);
    expect(queue.takeDue(10, timeOf)).toEqual([]);
  });

  it("agrees with a plain search under all that may happen to times", () => {
    const action = fc.record({
      index: fc.nat(9),
      kind: fc.constantFrom("later", "earlier", "drop", "take"),
      at: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const queue = new DueQueue<Item>();
        const items: Item[] = Array.from({ length: 10 }, () => ({ at: Number.POSITIVE_INFINITY }));
        for (const { index, kind, at } of actions) {
          const item = items[index] as Item;
          if (kind === "take") {
            const expected = items.filter((other) => other.at <= at);
            const due = queue.takeDue(at, timeOf);
            expect(new Set(due)).toEqual(new Set(expected));
            expect(due.length).toBe(expected.length);
            for (const taken of due) taken.at = Number.POSITIVE_INFINITY;
          } else if (kind === "drop") item.at = Number.POSITIVE_INFINITY;
          else if (kind === "later" && item.at !== Number.POSITIVE_INFINITY) item.at += at;
          else {
            item.at = Math.min(item.at, at);
            queue.add(item, item.at);
          }
          expect(queue.nextAt(timeOf)).toBe(Math.min(...items.map(timeOf)));
        }
      }),
    );
  });
});
