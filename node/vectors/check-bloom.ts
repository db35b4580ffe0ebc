import { sha256 } from "@noble/hashes/sha2.js";
import {
  BloomFilter,
  type BloomFilterOptions,
  bloomHashes,
  bloomPosition,
  bloomShape,
} from "../../src/sds/filter/bloom-filter.ts";
import { bitsPerElementFor } from "./bloom-error-table.ts";
import { type Check, compare, compareHex } from "./check.ts";
import { asNumber, asObject, asString, asStrings, toHex, VectorFormatError } from "./vector-json.ts";

/** One vector of section `bloom`: sizes, positions of each element, and the bytes after all were inserted. */
export function checkBloom(value: unknown): Check[] {
  const vector = asObject(value, "the vector");
  const options = optionsOf(vector.options);
  const inserted = asStrings(vector.inserted, "inserted");
  const shape = bloomShape(options);
  const filter = new BloomFilter(options);
  for (const element of inserted) filter.insert(element);
  const bytes = filter.toBytes();
  const name = `${JSON.stringify(vector.options)}, ${inserted.length} inserted:`;
  const checks = [
    compare(`${name} k`, vector.k, shape.hashCount),
    compare(`${name} bits`, vector.bits, shape.totalBits),
    compare(`${name} bytes`, vector.bytes, bytes.length),
    compare(
      `${name} positions`,
      vector.positions,
      inserted.map((element) => positionsOf(element, shape)),
    ),
    compareHex(`${name} sha256`, asString(vector.sha256, "sha256"), toHex(sha256(bytes))),
    compare(`${name} nonZeroBytes`, vector.nonZeroBytes, nonZeroBytes(bytes)),
    compare(`${name} read back`, inserted, elementsReadBack(bytes, options, inserted)),
  ];
  if (vector.hex !== undefined) checks.push(compareHex(`${name} hex`, asString(vector.hex, "hex"), toHex(bytes)));
  return checks;
}

/** One vector of section `hashN`. */
export function checkHashN(value: unknown): Check[] {
  const vector = asObject(value, "the vector");
  const item = asString(vector.item, "item");
  const n = asNumber(vector.n, "n");
  const max = asNumber(vector.max, "max");
  return [compare(`hashN(${JSON.stringify(item)}, ${n}, ${max})`, vector.js, bloomPosition(bloomHashes(item), n, max))];
}

/** `defaults.bloom`: the sizes of the filter that the peer uses unless told otherwise. */
export function checkBloomDefaults(value: unknown): Check[] {
  const expected = asObject(asObject(value, "defaults").bloom, "defaults.bloom");
  const capacity = asNumber(expected.capacity, "capacity");
  const errorRate = asNumber(expected.errorRate, "errorRate");
  const { totalBits, hashCount, byteLength } = bloomShape({ capacity, errorRate });
  const actual = { capacity, errorRate, kHashes: hashCount, totalBits, words64: byteLength / 8, bytes: byteLength };
  return [compare("defaults.bloom", expected, actual)];
}

function optionsOf(value: unknown): BloomFilterOptions {
  const options = asObject(value, "options");
  const capacity = asNumber(options.capacity, "capacity");
  const errorRate = asNumber(options.errorRate, "errorRate");
  if (options.kHashes === undefined) return { capacity, errorRate };
  const hashCount = asNumber(options.kHashes, "kHashes");
  const forced = options.forceNBitsPerElem;
  const bitsPerElement =
    forced === undefined ? bitsPerElementFor(hashCount, errorRate) : asNumber(forced, "forceNBitsPerElem");
  if (bitsPerElement === null) {
    throw new VectorFormatError(`no filter of ${hashCount} hash functions has an error rate below ${errorRate}`);
  }
  return { capacity, errorRate, hashCount, bitsPerElement };
}

function positionsOf(element: string, shape: { totalBits: number; hashCount: number }): number[] {
  const hashes = bloomHashes(element);
  return Array.from({ length: shape.hashCount }, (_, n) => bloomPosition(hashes, n, shape.totalBits));
}

function nonZeroBytes(bytes: Uint8Array): [index: number, value: number][] {
  const found: [number, number][] = [];
  for (const [index, value] of bytes.entries()) if (value !== 0) found.push([index, value]);
  return found;
}

/** Those of the elements that a filter made from the bytes contains: must be all. */
function elementsReadBack(bytes: Uint8Array, options: BloomFilterOptions, elements: readonly string[]): string[] {
  const filter = BloomFilter.fromBytes(bytes, options);
  return filter === null ? [] : elements.filter((element) => filter.has(element));
}
