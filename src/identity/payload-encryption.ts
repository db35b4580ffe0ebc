import { decryptSymmetric, encryptSymmetric, postCipher, preCipher } from "@waku/message-encryption/symmetric";

const FLAGS_BYTES = 1;
const SIZE_OF_SIZE_MASK = 0b11;

/**
 * 26/WAKU2-PAYLOAD version 1, symmetric: AES-256-GCM under the 32-byte channel key, padded to a multiple of 256 bytes,
 * fresh nonce each time. Not signed on this level: signatures are inside.
 */
export async function encryptPayload(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  //= protocol: LAYER-1, LAYER-2, LAYER-3
  return encryptSymmetric(await preCipher(bytes), key);
}

/**
 * The bytes that `encryptPayload` was given, or null for whatever else: another key, damage, a padding or size that
 * does not fit, a bad signature on this level. Never rejects, as the payload is anybody's.
 */
export async function decryptPayload(key: Uint8Array, payload: Uint8Array): Promise<Uint8Array | null> {
  try {
    const clear = await decryptSymmetric(payload, key);
    // The library cuts short what ends before the size that it declares, so that is asked first.
    //= protocol: LAYER-4
    return holdsDeclaredSize(clear) ? (postCipher(clear)?.payload ?? null) : null;
  } catch {
    return null;
  }
}

/** Layout of the clear text: flags (the lowest two bits: bytes of the size), size (little-endian), payload, padding. */
function holdsDeclaredSize(clear: Uint8Array): boolean {
  const sizeBytes = (clear[0] ?? 0) & SIZE_OF_SIZE_MASK;
  const payloadStart = FLAGS_BYTES + sizeBytes;
  let size = 0;
  for (let at = payloadStart - 1; at >= FLAGS_BYTES; at--) size = size * 256 + (clear[at] ?? 0);
  return payloadStart + size <= clear.length;
}
