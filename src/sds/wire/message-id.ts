import { asMessageId, type MessageId } from "./ids.ts";
import { sha256Into } from "./sha256.ts";

/** SHA-256. */
const DIGEST_BYTES = 32;
const digest = new Uint8Array(DIGEST_BYTES);
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The id of a content message: SHA-256 of its content as 64 lower-case hex characters (the rule of @waku/sds). */
export function messageIdOf(content: Uint8Array): MessageId {
  //= protocol: ID-1
  let id = "";
  for (const byte of digestOf(content)) id += HEX[byte];
  return asMessageId(id);
}

/** The id is that of the content. Every message is asked this, so the id is not spelled out for it. */
export function isIdOf(id: MessageId, content: Uint8Array): boolean {
  if (id.length !== 2 * DIGEST_BYTES) return false;
  digestOf(content);
  for (let i = 0; i < DIGEST_BYTES; i++) {
    const byte = digest[i] ?? 0;
    if (id.charCodeAt(2 * i) !== hexDigit(byte >> 4) || id.charCodeAt(2 * i + 1) !== hexDigit(byte & 15)) return false;
  }
  return true;
}

/** Valid until the next call. */
function digestOf(content: Uint8Array): Uint8Array {
  sha256Into(digest, content);
  return digest;
}

/** Code unit of the lower-case digit. */
function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
