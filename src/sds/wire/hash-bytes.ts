const HASH_BYTES = 32;
const HASH_HEX = /^[0-9a-f]{64}$/;

/** The 32 bytes that `id` writes in hex, as our ids do; null for any other text. */
export function hashBytesOf(id: string): Uint8Array | null {
  if (!HASH_HEX.test(id)) return null;
  return Uint8Array.from({ length: HASH_BYTES }, (_byte, at) => Number.parseInt(id.slice(2 * at, 2 * at + 2), 16));
}

/** The text that was written in those bytes. */
export function hashHexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
