import type { MessageId } from "../../sds/wire/ids.ts";
import type { Space } from "./schema.ts";

const HASH_BYTES = 32;
const HASH_HEX = /^[0-9a-f]{64}$/;

/**
 * Where the bytes of a message lie. An id that is a hash as its 32 bytes: IndexedDB keeps text in keys with two bytes a character,
 * and each key twice, so that an id took 256 bytes. In spaces without a number all was written with text.
 */
export function bodyKey(space: Space, id: MessageId): [Space, MessageId | Uint8Array<ArrayBuffer>] {
  if (typeof space !== "number" || !HASH_HEX.test(id)) return [space, id];
  const hash = new Uint8Array(HASH_BYTES);
  for (let at = 0; at < HASH_BYTES; at++) hash[at] = Number.parseInt(id.slice(2 * at, 2 * at + 2), 16);
  return [space, hash];
}
