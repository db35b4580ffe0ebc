import { BloomFilter as AnyPeerFilter } from "@waku/sds";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
// The package does not export its default filter; the folder is that of the pinned version.
import { DefaultBloomFilter } from "../../../node_modules/@waku/sds/dist/bloom_filter/bloom.js";
import { BloomFilter, bloomHashes, bloomPosition, bloomShape } from "./bloom-filter.ts";
import { murmur3 } from "./murmur3.ts";

const options = fc.record({
  capacity: fc.integer({ min: 1, max: 300 }),
  errorRate: fc.constantFrom(0.5, 0.1, 0.01, 0.001, 1e-6),
});
// Ids of all kinds: hex, any code points, lone surrogates.
const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });
const units = fc.array(fc.nat(0xffff), { maxLength: 12 }).map((values) => String.fromCharCode(...values));
const element = fc.oneof(hex, fc.string({ unit: "binary" }), units);

describe("against @waku/sds", () => {
  //= protocol: FILTER-1, FILTER-2
  it("has the same shape, positions and bytes", () => {
    fc.assert(
      fc.property(options, fc.array(element, { maxLength: 40 }), (shape, elements) => {
        const ours = new BloomFilter(shape);
        const theirs = new DefaultBloomFilter(shape);
        expect([ours.totalBits, ours.hashCount]).toEqual([theirs.totalBits, theirs.kHashes]);
        for (const item of elements) {
          ours.insert(item);
          theirs.insert(item);
          const hashes = bloomHashes(item);
          const positions = Array.from({ length: ours.hashCount }, (_, n) => bloomPosition(hashes, n, ours.totalBits));
          expect(positions).toEqual(theirs.computeHashes(item));
        }
        expect(ours.toBytes()).toEqual(theirs.toBytes());
      }),
    );
  });

  it("reads its bytes and is read by it, and both answer alike for any element", () => {
    fc.assert(
      fc.property(options, fc.array(element, { maxLength: 40 }), fc.array(element), (shape, elements, probes) => {
        const theirs = new DefaultBloomFilter(shape);
        for (const item of elements) theirs.insert(item);
        const ours = BloomFilter.fromBytes(theirs.toBytes(), shape);
        expect(ours).not.toBeNull();
        const back = DefaultBloomFilter.fromBytes(ours?.toBytes() ?? new Uint8Array(), shape);
        expect(back).toBeInstanceOf(AnyPeerFilter);
        for (const probe of [...elements, ...probes]) {
          expect(ours?.has(probe)).toBe(theirs.lookup(probe));
          expect(back.lookup(probe)).toBe(theirs.lookup(probe));
        }
      }),
    );
  });
});

describe("the filter", () => {
  it("has no false negatives, by id and by hashes", () => {
    fc.assert(
      fc.property(options, fc.array(element, { maxLength: 200 }), (shape, elements) => {
        const filter = new BloomFilter(shape);
        for (const item of elements) filter.insert(bloomHashes(item));
        for (const item of elements) expect(filter.has(item) && filter.has(bloomHashes(item))).toBe(true);
      }),
    );
  });

  it("keeps the error rate at capacity, and says which it has", () => {
    const filter = new BloomFilter({ capacity: 10_000, errorRate: 0.001 });
    for (let i = 0; i < 10_000; i++) filter.insert(`in ${i}`);
    let hits = 0;
    for (let i = 0; i < 100_000; i++) if (filter.has(`out ${i}`)) hits++;
    expect(hits / 100_000).toBeLessThan(0.0015);
    expect(filter.fill()).toBeGreaterThan(0.45);
    expect(filter.fill()).toBeLessThan(0.58);
    expect(filter.falsePositiveRate()).toBeGreaterThan(0.0003);
    expect(filter.falsePositiveRate()).toBeLessThan(0.0015);
  });

  it("knows its fill: empty, one element, all ones", () => {
    const shape = { capacity: 100, errorRate: 0.001 };
    const filter = new BloomFilter(shape);
    expect(filter.fill()).toBe(0);
    filter.insert("a");
    const distinct = new Set(Array.from({ length: 10 }, (_, n) => bloomPosition(bloomHashes("a"), n, 1_500)));
    expect(filter.fill()).toBe(distinct.size / 1_500);
    const full = BloomFilter.fromBytes(filter.toBytes().fill(255), shape);
    expect(full?.fill()).toBeGreaterThanOrEqual(1);
    expect(full?.falsePositiveRate()).toBe(1);
  });

  it("refuses bytes of another size, and does not share those that it is given or gives", () => {
    const shape = { capacity: 10_000, errorRate: 0.001 };
    expect(bloomShape(shape)).toEqual({ totalBits: 150_000, hashCount: 10, byteLength: 18_752 });
    for (const size of [0, 18_751, 18_753]) expect(BloomFilter.fromBytes(new Uint8Array(size), shape)).toBeNull();
    const source = new Uint8Array(18_752).fill(255);
    const filter = BloomFilter.fromBytes(source, shape);
    source.fill(0);
    filter?.toBytes().fill(0);
    expect(filter?.has("anything")).toBe(true);
  });

  it("refuses sizes that no filter can have", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN]) {
      expect(() => new BloomFilter({ capacity, errorRate: 0.001 })).toThrow(RangeError);
    }
    for (const errorRate of [0, 1, -1, Number.NaN]) {
      expect(() => new BloomFilter({ capacity: 10, errorRate })).toThrow(RangeError);
    }
  });
});

describe("murmur3", () => {
  //= protocol: FILTER-3
  it("has the published values for bytes", () => {
    // MurmurHash3_x86_32 with seed 0, as signed integers.
    expect(murmur3("")).toBe(0);
    expect(murmur3("test") >>> 0).toBe(0xba6bd213);
    expect(murmur3("Hello, world!") >>> 0).toBe(0xc0363e43);
    expect(murmur3("The quick brown fox jumps over the lazy dog") >>> 0).toBe(0x2e4ff723);
  });
});
