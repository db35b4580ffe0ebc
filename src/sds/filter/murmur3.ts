/**
 * MurmurHash3 x86 32-bit, seed 0, in the form in which Nim's `hash(string)` has it on JavaScript and @waku/sds uses it:
 * over UTF-16 code units instead of bytes (a unit above 255 is OR-ed into the four-unit block, overlapping its
 * neighbour), and of a surrogate pair only the first unit counts. The result is a signed 32-bit integer.
 */
export function murmur3(text: string): number {
  //= protocol: FILTER-3
  const units = withoutTrailSurrogates(text);
  return finalize(absorb(0, units), units, units.length);
}

/** `murmur3(text)` and `murmur3(text + suffix)`, hashing the common part once. */
export function murmur3WithSuffix(text: string, suffix: string): readonly [plain: number, suffixed: number] {
  const units = withoutTrailSurrogates(text);
  const common = absorb(0, units);
  const rest = units.slice(units.length - (units.length % 4)) + suffix;
  return [finalize(common, units, units.length), finalize(absorb(common, rest), rest, units.length + suffix.length)];
}

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** Takes in all whole blocks of four units. */
function absorb(state: number, units: string): number {
  const end = units.length - (units.length % 4);
  let hash = state;
  for (let i = 0; i < end; i += 4) {
    //= protocol: FILTER-3
    const block =
      (units.charCodeAt(i + 3) << 24) |
      (units.charCodeAt(i + 2) << 16) |
      (units.charCodeAt(i + 1) << 8) |
      units.charCodeAt(i);
    hash ^= scramble(block);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  return hash;
}

/** Takes in the last `units.length % 4` units and mixes; `length` is that of the whole text. */
function finalize(state: number, units: string, length: number): number {
  const start = units.length - (units.length % 4);
  let block = 0;
  for (let i = units.length - 1; i >= start; i--) block = (block << 8) | units.charCodeAt(i);
  let hash = state ^ scramble(block) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  const mixed = Math.imul(block, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}

/** Drops the second unit of each surrogate pair; lone surrogates stay. */
function withoutTrailSurrogates(text: string): string {
  return text.replace(/([\ud800-\udbff])[\udc00-\udfff]/g, "$1");
}
