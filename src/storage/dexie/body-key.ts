import type { MessageId } from "../../sds/wire/ids.ts";
import { hashBytesOf } from "./hash-bytes.ts";
import type { Space } from "./schema.ts";

/**
 * Where the bytes of a message lie. An id that is a hash as its 32 bytes: IndexedDB keeps text in keys with two bytes a character,
 * and each key twice, so that an id took 256 bytes. In spaces without a number all was written with text.
 */
export function bodyKey(space: Space, id: MessageId): [Space, MessageId | Uint8Array<ArrayBuffer>] {
  const hash = typeof space === "number" ? hashBytesOf(id) : null;
  return [space, hash ?? id];
}
