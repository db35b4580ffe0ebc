import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { utf8Bytes } from "../../sds/wire/utf8.ts";

const INFO = utf8Bytes("topic");
const TOPIC_BYTES = 8;

/**
 * The Waku content topic of a channel: `/hearback/1/<16 hex>/proto`, the hex being 8 bytes of HKDF-SHA256 (RFC 5869)
 * with the channel key as input key material, no salt (so 32 zero bytes) and info `topic` (5 ASCII bytes). Who does not
 * hold the key can neither compute it nor learn anything of the key or the channel from it.
 */
export function contentTopicOf(channelKey: Uint8Array): string {
  //= protocol: LAYER-5
  return `/hearback/1/${bytesToHex(hkdf(sha256, channelKey, undefined, INFO, TOPIC_BYTES))}/proto`;
}
