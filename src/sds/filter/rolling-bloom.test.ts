import { describe, expect, it } from "vitest";
// The package does not export its default filter; the folder is that of the pinned version.
import { DefaultBloomFilter } from "../../../node_modules/@waku/sds/dist/bloom_filter/bloom.js";
import { BloomFilter } from "./bloom-filter.ts";
import { RollingBloom } from "./rolling-bloom.ts";

const OPTIONS = { capacity: 10_000, errorRate: 0.001 };

/** As message ids are: SHA-256 in hex, here of nothing but a counter. */
function id(number: number): string {
  return `${number}`.padStart(64, "0");
}

function filledWith(count: number, options = OPTIONS): RollingBloom {
  const filter = new RollingBloom(options);
  for (let number = 0; number < count; number++) filter.insert(id(number));
  return filter;
}

function read(filter: RollingBloom, options = OPTIONS): BloomFilter {
  const read = BloomFilter.fromBytes(filter.toBytes(), options);
  if (read === null) throw new Error("Not of this shape");
  return read;
}

describe("a rolling filter", () => {
  //= protocol: FILTER-4
  it.each([10_000, 20_000, 50_000])("of %i ids keeps the error rate it was made for", (count) => {
    const filter = read(filledWith(count));
    let hits = 0;
    const probes = 100_000;
    for (let number = 0; number < probes; number++) if (filter.has(id(1_000_000 + number))) hits++;
    expect(hits / probes).toBeLessThan(OPTIONS.errorRate);
    expect(filter.fill()).toBeLessThan(0.5);
    // Measured on made-up ids, and by the bits that are set: the two agree.
    expect(hits / probes).toBeLessThan(2 * filter.falsePositiveRate() + 0.0002);
  });

  it.each([4_999, 5_000, 5_001, 9_999, 10_000, 10_001, 50_000])("of %i ids has the newest half at least", (count) => {
    const filter = read(filledWith(count));
    for (let number = Math.max(0, count - 5_000); number < count; number++) expect(filter.has(id(number))).toBe(true);
  });

  //= protocol: FILTER-4
  it("has all ids up to the capacity, and then never more than the capacity of the newest", () => {
    const options = { capacity: 100, errorRate: 1e-12 };
    const all = read(filledWith(100, options), options);
    for (let number = 0; number < 100; number++) expect(all.has(id(number))).toBe(true);
    for (let count = 101; count < 400; count++) {
      const filter = read(filledWith(count, options), options);
      const held = Array.from({ length: count }, (_, number) => filter.has(id(number)));
      expect(held.lastIndexOf(false), `${count}`).toBe(held.indexOf(true) - 1);
      expect(held.filter(Boolean).length).toBeLessThanOrEqual(100);
    }
  });

  it("is read by @waku/sds as one of its own", () => {
    const theirs = DefaultBloomFilter.fromBytes(filledWith(12_000).toBytes(), OPTIONS);
    for (let number = 5_000; number < 12_000; number++) expect(theirs.lookup(id(number))).toBe(true);
    const whole = new DefaultBloomFilter(OPTIONS);
    for (let number = 0; number < 3_000; number++) whole.insert(id(number));
    expect(filledWith(3_000).toBytes()).toEqual(whole.toBytes());
  });

  it.each([1, 2, 3])("works with a capacity of %i", (capacity) => {
    const options = { capacity, errorRate: 0.001 };
    const filter = read(filledWith(10, options), options);
    expect(filter.has(id(9))).toBe(true);
  });
});
