import { sha256 } from "@noble/hashes/sha2.js";
import { asMessageId, type MessageId } from "./ids.ts";

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The id of a content message: SHA-256 of its content as 64 lower-case hex characters (the rule of @waku/sds). */
export function messageIdOf(content: Uint8Array): MessageId {
  let id = "";
  for (const byte of sha256(content)) id += HEX[byte];
  return asMessageId(id);
}
