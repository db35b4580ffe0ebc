/** Byte-wise equality; for deciding whether an encoding is the one we would have written. Not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
