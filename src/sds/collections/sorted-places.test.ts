import fc from "fast-check";
import { expect, it } from "vitest";
import { comparePlaces, type LogPlace } from "./ordered-log.ts";
import { sortedPlaces } from "./sorted-places.ts";

const id = fc.stringMatching(/^[0-9a-f]{1,3}$/);
const near = fc.record({ lamport: fc.integer({ min: 1_760_000_000_000, max: 1_760_000_000_009 }), id });
const far = fc.record({ lamport: fc.nat(Number.MAX_SAFE_INTEGER), id });

it("gives what comparing gives, with equal timestamps, from any order and over any time", () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(near), fc.array(far), fc.array(fc.oneof(near, far))), (places) => {
      const before = [...places];
      expect(sortedPlaces(places)).toEqual([...before].sort(comparePlaces));
      expect(places).toEqual(before);
    }),
  );
});

it("gives back what is in order already", () => {
  const places: LogPlace[] = [
    { lamport: 1, id: "b" },
    { lamport: 1, id: "c" },
    { lamport: 2, id: "a" },
  ];
  expect(sortedPlaces(places)).toBe(places);
  expect(sortedPlaces([...places].reverse())).toEqual(places);
  expect(sortedPlaces([])).toEqual([]);
});

it("takes any number of messages with one timestamp", () => {
  const places = Array.from({ length: 140_000 }, (_, index) => ({ lamport: 5, id: `${(index * 7_919) % 140_009}` }));
  expect(sortedPlaces(places)).toHaveLength(places.length);
});
