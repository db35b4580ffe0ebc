import { bytesToHex } from "@noble/hashes/utils.js";

/**
 * Hashes, filters, and filters to refuse, as data for any implementation. Derived from the words of docs/protocol.md,
 * section 16, with whole numbers of any size and one array of bits: nothing of the code under test is in it.
 */

const U32 = 2n ** 32n;

/** MurmurHash3 x86-32 with seed 0 over one number per character: its UTF-16 unit, or the first of its two. */
function hashOf(text: string): bigint {
  const units = [...text].map((character) => BigInt(character.charCodeAt(0)));
  let hash = 0n;
  const whole = units.length - (units.length % 4);
  for (let at = 0; at < whole; at += 4) {
    hash ^= mixed(blockOf(units.slice(at, at + 4)));
    hash = (rotated(hash, 13n) * 5n + 0xe6546b64n) % U32;
  }
  hash ^= mixed(blockOf(units.slice(whole)));
  hash ^= BigInt(units.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) % U32;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) % U32;
  return BigInt.asIntN(32, hash ^ (hash >> 16n));
}

/** A unit above 255 reaches into its neighbour's bits. */
function blockOf(units: readonly bigint[]): bigint {
  return units.reduce((block, unit, index) => block | ((unit << BigInt(8 * index)) % U32), 0n);
}

function mixed(block: bigint): bigint {
  return (rotated((block * 0xcc9e2d51n) % U32, 15n) * 0x1b873593n) % U32;
}

function rotated(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (32n - by))) % U32;
}

const LONG_ID = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";
const TEXTS = [
  ...["", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abcdefghi", LONG_ID],
  // Units above 255, at each place of a block and behind the last whole one.
  ...["\u00ff\u00ff\u00ff\u00ff", "\u0100", "a\u2603b", "\u2603\u2603\u2603\u2603", "abc\uffff", "\uffff\uffff\uffff"],
  // Characters of two units, of which the first counts.
  ...["\u{1f389}", "a\u{1f389}", "\u{1f389}\u{1f38a}", "\u{10ffff}abc", "ab\u{1f389}cd\u2603", "\u{1f389}".repeat(5)],
];

const SHAPES = [
  { capacity: 16, errorRate: 0.001, ids: ["one", "two", LONG_ID] },
  { capacity: 16, errorRate: 0.5, ids: ["one"] },
  // 64 times 15 bits fill words exactly: one word more.
  { capacity: 64, errorRate: 0.001, ids: ["one", "\u{1f389}", ""] },
] as const;

function filterOf({ capacity, errorRate, ids }: (typeof SHAPES)[number]): string {
  const e = Math.ceil(-Math.log(errorRate) / Math.LN2 ** 2);
  const m = BigInt(capacity * e);
  const words = Array.from({ length: Math.floor((capacity * e) / 64) + 1 }, () => 0n);
  for (const id of ids) {
    const [a, b] = [absolute(hashOf(id)), absolute(hashOf(`${id} b`))];
    for (let n = 0n; n < BigInt(Math.round(Math.LN2 * e)); n++) {
      const p = ((a % m) + n * (b % m)) % m;
      const word = Number(p / 64n);
      words[word] = (words[word] ?? 0n) | (1n << (p % 64n));
    }
  }
  return words.map((word) => word.toString(16).padStart(16, "0")).join("");
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** So many of the lowest bits of a filter for 16 ids, which has 240 of them in 4 words. */
function lowestBits(count: number): string {
  const bytes = new Uint8Array(32);
  for (let p = 0; p < count; p++) {
    const at = 8 * Math.floor(p / 64) + 7 - Math.floor((p % 64) / 8);
    bytes[at] = (bytes[at] ?? 0) | (1 << (p % 8));
  }
  return bytesToHex(bytes);
}

export interface FilterVectors {
  readonly hashes: readonly { readonly text: string; readonly hash: number }[];
  readonly filters: readonly {
    readonly capacity: number;
    readonly errorRate: number;
    readonly ids: readonly string[];
    readonly bytes: string;
  }[];
  /** For a capacity of 16 at 0.001; `null`: it is kept. */
  readonly verdicts: readonly { readonly bytes: string; readonly refused: string | null }[];
}

export function deriveFilterVectors(): FilterVectors {
  return {
    hashes: TEXTS.map((text) => ({ text, hash: Number(hashOf(text)) })),
    filters: SHAPES.map((shape) => ({ ...shape, bytes: filterOf(shape) })),
    verdicts: [
      // 58 % of 240 bits are 139.2.
      { bytes: lowestBits(139), refused: null },
      { bytes: lowestBits(140), refused: "bloom-full" },
      { bytes: "00".repeat(32), refused: null },
      { bytes: "00".repeat(31), refused: "bloom-length" },
      { bytes: "00".repeat(40), refused: "bloom-length" },
    ],
  };
}
