/**
 * A retrieval hint as a string of one character a byte: as a typed array of its own, 32 bytes take about 400 in memory,
 * and every message of a channel with a Store has one.
 */
export type PackedHint = string & { readonly __brand: "PackedHint" };

export function packHint(hint: Uint8Array): PackedHint;
export function packHint(hint: Uint8Array | PackedHint | undefined): PackedHint | undefined;
export function packHint(hint: Uint8Array | PackedHint | undefined): PackedHint | undefined {
  if (hint === undefined || typeof hint === "string") return hint;
  // Spread, it would go through an iterator, which takes six times as long.
  return String.fromCharCode.apply(null, hint as unknown as number[]) as PackedHint;
}

export function unpackHint(packed: PackedHint | undefined): Uint8Array | undefined {
  if (packed === undefined) return undefined;
  return Uint8Array.from({ length: packed.length }, (_, index) => packed.charCodeAt(index));
}

/** Whether it is this hint, packed. */
export function isPacked(packed: PackedHint | undefined, hint: Uint8Array | PackedHint | undefined): boolean {
  if (typeof hint === "string") return packed === hint;
  if (packed === undefined || hint === undefined) return packed === hint;
  if (packed.length !== hint.length) return false;
  for (let index = 0; index < hint.length; index++) if (packed.charCodeAt(index) !== hint[index]) return false;
  return true;
}
