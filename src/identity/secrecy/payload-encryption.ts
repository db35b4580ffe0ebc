import { postCipher, preCipher } from "@waku/message-encryption/symmetric";

const ALGORITHM = "AES-GCM";
const NONCE_BYTES = 12;
const FLAGS_BYTES = 1;
const SIZE_OF_SIZE_MASK = 0b11;

/**
 * The engine's own key of a channel key, imported once for each array that holds one: a channel has the same array all its
 * life, and each import costs some tens of microseconds more (13 to 34 in Node, beside 110 to decrypt 768 bytes). So whoever
 * writes other bytes into that array keeps the key that it had at first.
 */
const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();

function keyOf(bytes: Uint8Array): Promise<CryptoKey> {
  const known = imported.get(bytes);
  if (known !== undefined) return known;
  const key = crypto.subtle.importKey("raw", bytes.slice(), ALGORITHM, false, ["encrypt", "decrypt"]);
  imported.set(bytes, key);
  return key;
}

/**
 * 26/WAKU2-PAYLOAD version 1, symmetric: AES-256-GCM under the 32-byte channel key, padded to a multiple of 256 bytes,
 * fresh nonce each time. Not signed on this level: signatures are inside.
 */
export async function encryptPayload(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  //= protocol: LAYER-1, LAYER-2, LAYER-3
  const clear = await preCipher(bytes);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const cipher = await crypto.subtle.encrypt({ name: ALGORITHM, iv: nonce }, await keyOf(key), clear.slice());
  const payload = new Uint8Array(cipher.byteLength + NONCE_BYTES);
  payload.set(new Uint8Array(cipher));
  payload.set(nonce, cipher.byteLength);
  return payload;
}

/**
 * The bytes that `encryptPayload` was given, or null for whatever else: another key, damage, a padding or size that
 * does not fit, a bad signature on this level. Never rejects, as the payload is anybody's.
 */
export async function decryptPayload(key: Uint8Array, payload: Uint8Array): Promise<Uint8Array | null> {
  try {
    const nonceStart = Math.max(0, payload.length - NONCE_BYTES);
    // Copies, as SubtleCrypto refuses memory that is shared between threads.
    const parameters = { name: ALGORITHM, iv: payload.slice(nonceStart) };
    const cipher = payload.slice(0, nonceStart);
    const clear = new Uint8Array(await crypto.subtle.decrypt(parameters, await keyOf(key), cipher));
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
