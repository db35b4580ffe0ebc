import { postCipher, preCipher } from "@waku/message-encryption/symmetric";
import { type AesGcm, createAesGcm } from "./aes-gcm.ts";

const NONCE_BYTES = 12;
const FLAGS_BYTES = 1;
const SIZE_OF_SIZE_MASK = 0b11;

/**
 * The engine's own key of a channel key, made once for each array that holds one: a channel has the same array all its life. So
 * whoever writes other bytes into that array keeps the key that it had at first.
 */
const made = new WeakMap<Uint8Array, AesGcm>();

function cipherOf(key: Uint8Array): AesGcm {
  const cipher = made.get(key) ?? createAesGcm(key);
  made.set(key, cipher);
  return cipher;
}

/**
 * 26/WAKU2-PAYLOAD version 1, symmetric: AES-256-GCM under the 32-byte channel key, padded to a multiple of 256 bytes,
 * fresh nonce each time. Not signed on this level: signatures are inside.
 */
export async function encryptPayload(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  //= protocol: LAYER-1, LAYER-2, LAYER-3
  const clear = await preCipher(bytes);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await cipherOf(key).seal(nonce, clear);
  const payload = new Uint8Array(sealed.length + NONCE_BYTES);
  payload.set(sealed);
  payload.set(nonce, sealed.length);
  return payload;
}

/**
 * The bytes that `encryptPayload` was given, or null for whatever else: another key, damage, a padding or size that
 * does not fit, a bad signature on this level. Never rejects, as the payload is anybody's.
 */
export async function decryptPayload(key: Uint8Array, payload: Uint8Array): Promise<Uint8Array | null> {
  try {
    const nonceStart = Math.max(0, payload.length - NONCE_BYTES);
    const clear = await cipherOf(key).open(payload.subarray(nonceStart), payload.subarray(0, nonceStart));
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
