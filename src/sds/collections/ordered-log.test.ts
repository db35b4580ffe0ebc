import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparePlaces, createOrderedLog, type LogPlace } from "./ordered-log.ts";

// Few distinct values, so that equal Lamports, equal places and hits of `remove` are common.
const place = fc.record({ lamport: fc.nat(40), id: fc.constantFrom("", "0", "9", "a", "f", "Z", "ä", "aa", "\uffff") });

function naive(items: readonly LogPlace[]): LogPlace[] {
  return [...items].sort((a, b) => a.lamport - b.lamport || (a.id < b.id ? -1 : 1));
}

function fill(places: readonly LogPlace[]) {
  const log = createOrderedLog<LogPlace>();
  const unique: LogPlace[] = [];
  for (const item of places) {
    const isNew = !unique.some((other) => other.lamport === item.lamport && other.id === item.id);
    expect(log.insert(item)).toBe(isNew);
    if (isNew) unique.push(item);
  }
  return { log, sorted: naive(unique) };
}

/** Numbers that look random and are the same in every run. */
function* scrambled(count: number): Generator<number> {
  for (let i = 0, value = 1; i < count; i++) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    yield value;
  }
}

describe("the order", () => {
  it("compares Lamports as numbers and ids by code units, not by locale", () => {
    expect(comparePlaces({ lamport: 9, id: "b" }, { lamport: 10, id: "a" })).toBeLessThan(0);
    expect(comparePlaces({ lamport: 1, id: "a" }, { lamport: 1, id: "B" })).toBeGreaterThan(0);
    expect(comparePlaces({ lamport: 1, id: "ä" }, { lamport: 1, id: "z" })).toBeGreaterThan(0);
    expect(comparePlaces({ lamport: 1, id: "a" }, { lamport: 1, id: "a" })).toBe(0);
  });
});

describe("the log against a sorted array", () => {
  it("holds each place once, in order, whatever the order of insertion", () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 200 }), (places) => {
        const { log, sorted } = fill(places);
        expect([...log]).toEqual(sorted);
        expect(log.size).toBe(sorted.length);
        expect(log.first()).toEqual(sorted[0]);
        expect(log.last()).toEqual(sorted.at(-1));
      }),
    );
  });

  it("finds the neighbours of any place, held or not", () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 60 }), place, fc.nat(70), (places, probe, limit) => {
        const { log, sorted } = fill(places);
        const smaller = sorted.filter((item) => comparePlaces(item, probe) < 0);
        const larger = sorted.filter((item) => comparePlaces(item, probe) > 0);
        const equal = sorted.filter((item) => comparePlaces(item, probe) === 0);
        expect([...log.from(probe)]).toEqual([...equal, ...larger]);
        expect([...log.after(probe)]).toEqual(larger);
        const isMeant = ({ id }: LogPlace) => id !== probe.id;
        expect(log.countAfter(probe, isMeant)).toBe(larger.filter(isMeant).length);
        expect([...log.before(probe)]).toEqual(smaller.toReversed());
        expect([...log.before()]).toEqual(sorted.toReversed());
        expect(log.pageBefore(probe, limit)).toEqual(limit === 0 ? [] : smaller.slice(-limit));
        expect(log.pageBefore(undefined, limit)).toEqual(limit === 0 ? [] : sorted.slice(-limit));
        expect(log.position(probe)).toBe(smaller.length);
        expect(log.get(probe)).toEqual(equal[0]);
        expect(log.at(limit)).toEqual(sorted[limit]);
      }),
    );
  });

  it("removes what is there and nothing else", () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 60 }), fc.array(place, { maxLength: 60 }), (places, removals) => {
        const { log, sorted } = fill(places);
        let rest = sorted;
        for (const item of removals) {
          const hit = rest.find((other) => comparePlaces(other, item) === 0);
          expect(log.remove(item)).toBe(hit);
          rest = rest.filter((other) => other !== hit);
        }
        expect([...log]).toEqual(rest);
        expect(log.size).toBe(rest.length);
      }),
    );
  });

  it("stays right over many chunks: 5,000 inserts and 4,000 removals in scrambled order", () => {
    const items = Array.from(scrambled(5_000), (value) => ({ lamport: value % 997, id: value.toString(16) }));
    const { log, sorted } = { log: createOrderedLog<LogPlace>(), sorted: naive(items) };
    for (const item of items) log.insert(item);
    expect([...log]).toEqual(sorted);
    for (const index of [0, 511, 512, 513, 2_500, 4_999]) {
      const item = sorted[index] as LogPlace;
      expect(log.at(index)).toBe(item);
      expect(log.position(item)).toBe(index);
      expect(log.countAfter(item, () => true)).toBe(4_999 - index);
      expect(log.pageBefore(item, 600)).toEqual(sorted.slice(Math.max(0, index - 600), index));
    }
    const removed = new Set(items.slice(0, 4_000));
    for (const item of removed) expect(log.remove(item)).toBe(item);
    expect([...log]).toEqual(sorted.filter((item) => !removed.has(item)));
  });

  it("can be emptied from either end and used again", () => {
    const places = Array.from({ length: 1_500 }, (_, lamport) => ({ lamport, id: "" }));
    for (const order of [places, places.toReversed()]) {
      const log = createOrderedLog<LogPlace>();
      for (const item of places) log.insert(item);
      for (const [index, item] of order.entries()) {
        expect(log.remove(item)).toBe(item);
        const rest = order === places ? places.slice(index + 1) : places.slice(0, places.length - index - 1);
        expect([log.first(), log.last(), log.size]).toEqual([rest[0], rest.at(-1), rest.length]);
      }
      expect(log.insert({ lamport: 5, id: "again" })).toBe(true);
      expect([...log]).toEqual([{ lamport: 5, id: "again" }]);
    }
  });

  it("takes 100,000 items in scrambled order", () => {
    const log = createOrderedLog<LogPlace>();
    for (const value of scrambled(100_000)) log.insert({ lamport: value, id: "" });
    expect(log.size).toBe(100_000);
    const lamports = Array.from(log, (item) => item.lamport);
    expect(lamports).toEqual(Array.from(scrambled(100_000)).sort((a, b) => a - b));
  });
});
