import { sha256 } from "@noble/hashes/sha2.js";
import { utf8Bytes } from "../wire/utf8.ts";

/**
 * When to ask for a missing message and when to answer such a request (SDS-R). The times are spread over the group by
 * hashes, so that all know without talking who comes first: the author at once, the others one after another, and
 * each stays silent when somebody was faster. Delays are whole milliseconds from now.
 */

/** First 8 bytes of SHA-256 over the UTF-8 text, as a big-endian unsigned integer. */
export function hash64(text: string): bigint {
  let value = 0n;
  for (const byte of sha256(utf8Bytes(text)).subarray(0, 8)) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The hash of a participant and a message together, from which the time of the request follows. */
export function combinedHash64(participant: string, messageId: string): bigint {
  return hash64(participant + messageId);
}

/** T_req: `participant` asks for the message after this delay, from `tMinMs` up to but not including `tMaxMs`. */
export function requestDelay(
  participant: string,
  messageId: string,
  range: { readonly tMinMs: number; readonly tMaxMs: number },
): number {
  const span = range.tMaxMs - range.tMinMs;
  if (!(Number.isSafeInteger(span) && span > 0)) {
    throw new RangeError(`T_max must be above T_min, in whole milliseconds: ${range.tMinMs}, ${range.tMaxMs}`);
  }
  //= protocol: REPAIR-1
  return Number(combinedHash64(participant, messageId) % BigInt(span)) + range.tMinMs;
}

/**
 * T_resp: `participant` answers a request for the message after this delay, below `tMaxMs`. It grows with the XOR
 * distance to the author (`sender`), who has distance 0 and answers at once.
 */
export function responseDelay(participant: string, sender: string, messageId: string, tMaxMs: number): number {
  if (!(Number.isSafeInteger(tMaxMs) && tMaxMs > 0)) {
    throw new RangeError(`T_max must be a whole number of milliseconds above 0, not ${tMaxMs}`);
  }
  //= protocol: REPAIR-8
  const distance = hash64(participant) ^ hash64(sender);
  return Number((distance * hash64(messageId)) % BigInt(tMaxMs));
}

/** True when the participant is in the response group of the message: the groups split large channels' answers. */
export function inResponseGroup(participant: string, sender: string, messageId: string, groups: number): boolean {
  if (groups <= 1) return true;
  const count = BigInt(groups);
  return combinedHash64(participant, messageId) % count === combinedHash64(sender, messageId) % count;
}
