import type { MessageId } from "../../sds/wire/ids.ts";

export const HASH_BYTES = 32;
const HASH_HEX = /^[0-9a-f]{64}$/;

/** The 32 bytes of an id that is a hash in hexadecimal, as all are that are signed: half as many as the text. Null for any other. */
export function hashBytesOf(id: MessageId): Uint8Array<ArrayBuffer> | null {
  if (!HASH_HEX.test(id)) return null;
  const hash = new Uint8Array(HASH_BYTES);
  for (let at = 0; at < HASH_BYTES; at++) hash[at] = Number.parseInt(id.slice(2 * at, 2 * at + 2), 16);
  return hash;
}
