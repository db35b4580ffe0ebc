import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../runtime/seeded-random.ts";
import { BloomFilter, bloomShape } from "./bloom-filter.ts";
import { drawDecoys, readBloom } from "./bloom-gate.ts";

const OPTIONS = { capacity: 1_000, errorRate: 0.001 };

function decoysOf(seed: number) {
  const random = createSeededRandom(seed);
  return drawDecoys(() => random.next());
}

function filterOf(count: number): BloomFilter {
  const filter = new BloomFilter(OPTIONS);
  for (let number = 0; number < count; number++) filter.insert(`id ${number}`);
  return filter;
}

describe("the gate for filters of others", () => {
  it("lets a filter pass that is as full as it was made for, whatever the decoys", () => {
    for (let seed = 0; seed < 100; seed++) {
      const filter = readBloom(filterOf(1_000).toBytes(), OPTIONS, decoysOf(seed));
      expect(filter, `seed ${seed}`).toBeInstanceOf(BloomFilter);
    }
  });

  //= protocol: FILTER-6
  it("refuses another length, by its name", () => {
    const bytes = filterOf(3).toBytes();
    expect(readBloom(bytes.subarray(1), OPTIONS, decoysOf(1))).toBe("bloom-length");
    expect(readBloom(new Uint8Array(), OPTIONS, decoysOf(1))).toBe("bloom-length");
  });

  //= protocol: FILTER-6
  it("refuses all ones, and what is fuller than any honest filter of this channel", () => {
    const { byteLength } = bloomShape(OPTIONS);
    expect(readBloom(new Uint8Array(byteLength).fill(255), OPTIONS, decoysOf(1))).toBe("bloom-full");
    expect(readBloom(filterOf(1_350).toBytes(), OPTIONS, decoysOf(1))).toBe("bloom-full");
  });

  //= protocol: FILTER-6
  it("refuses a filter that contains what nobody ever said", () => {
    // One function: with half of the bits set, it says yes to half of everything.
    const loose = { capacity: 1_000, errorRate: 0.5, hashCount: 1, bitsPerElement: 2 };
    const half = new Uint8Array(bloomShape(loose).byteLength).fill(0b01010101);
    expect(readBloom(half, loose, decoysOf(1))).toBe("bloom-decoys");
    const decoys = decoysOf(2);
    const aimed = new BloomFilter(OPTIONS);
    for (const decoy of decoys.slice(0, 3)) aimed.insert(decoy);
    expect(readBloom(aimed.toBytes(), OPTIONS, decoys)).toBe("bloom-decoys");
    const two = new BloomFilter(OPTIONS);
    for (const decoy of decoys.slice(0, 2)) two.insert(decoy);
    expect(readBloom(two.toBytes(), OPTIONS, decoys)).toBeInstanceOf(BloomFilter);
  });
});
