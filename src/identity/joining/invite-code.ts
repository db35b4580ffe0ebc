import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64url } from "../bytes/base64url.ts";
import { frame } from "../bytes/signed-bytes.ts";
import { type Descriptor, encodeDescriptor } from "./descriptor.ts";

export const CODE_VERSION = 1;
export const CHECKSUM_BYTES = 4;
const CHECKSUM_DOMAIN = "hearback/invite/1";

/**
 * `hearback1<base64url(descriptor | checksum)>`, the checksum being the first 4 bytes of SHA-256 over the frame of
 * `hearback/invite/1` and the descriptor: for where no link would lead anywhere.
 */
export function inviteCodeOf(descriptor: Descriptor): string {
  //= protocol: CHANNEL-9
  const bytes = encodeDescriptor(descriptor);
  return `hearback${CODE_VERSION}${toBase64url(Uint8Array.of(...bytes, ...checksumOf(bytes)))}`;
}

export function checksumOf(descriptor: Uint8Array): Uint8Array {
  return sha256(frame(CHECKSUM_DOMAIN, descriptor)).subarray(0, CHECKSUM_BYTES);
}
