import { sha256 } from "@noble/hashes/sha2.js";
import { asParticipantId, type ChannelId, type ParticipantId } from "../../sds/wire/ids.ts";
import { toBase64url } from "../bytes/base64url.ts";
import { frame } from "../bytes/signed-bytes.ts";

const DOMAIN = "hearback/sender/1";
const PREFIX = "s1";
const HASH_BYTES = 20;

/** Asked twice for every message, of the same few keys. */
const known = new Map<string, ParticipantId>();
const MAX_KNOWN = 1_024;

/**
 * `"s1" + base64url(first 20 bytes of SHA-256(frame))`, 29 characters, where frame is the domain tag
 * `hearback/sender/1`, the channel id (UTF-8) and the 32-byte public key, each behind its 4-byte big-endian length. The
 * channel is part of it, so a key that was used twice would still not link a person across channels.
 */
export function senderIdOf(channelId: ChannelId, publicKey: Uint8Array): ParticipantId {
  const name = `${publicKey.length} ${String.fromCharCode(...publicKey)}${channelId}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  //= protocol: SIGN-1
  const hash = sha256(frame(DOMAIN, channelId, publicKey));
  const senderId = asParticipantId(PREFIX + toBase64url(hash.subarray(0, HASH_BYTES)));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, senderId);
  return senderId;
}

const KEYED = /^s1[A-Za-z0-9_-]{27}$/;

/**
 * An id of the form that keys give. Only a signature speaks for it: in a channel that takes unsigned words, one without
 * would otherwise become the word of the member whose id it names.
 */
export function isKeyedSenderId(senderId: ParticipantId): boolean {
  return KEYED.test(senderId);
}
