import { type NodeCrypto, nodeCrypto } from "../../runtime/node-crypto.ts";

const WEB_ALGORITHM = "AES-GCM";
const NODE_ALGORITHM = "aes-256-gcm";
/** Behind the cipher text. */
const TAG_BYTES = 16;

/** AES-256-GCM under one key: the same bytes in every engine. */
export interface AesGcm {
  /** The cipher text with its tag behind it. */
  seal(nonce: Uint8Array, clear: Uint8Array): Promise<Uint8Array>;
  /** Rejects for what was not sealed under this key and nonce. */
  open(nonce: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>;
}

export function createAesGcm(key: Uint8Array, native: NodeCrypto | null = nodeCrypto()): AesGcm {
  // A copy, as whoever gave the bytes may write others into them.
  return native === null ? webAesGcm(key.slice()) : nodeAesGcm(native, key.slice());
}

/** The engine's key is imported once: each import costs some tens of microseconds more. */
function webAesGcm(bytes: Uint8Array<ArrayBuffer>): AesGcm {
  const key = crypto.subtle.importKey("raw", bytes, WEB_ALGORITHM, false, ["encrypt", "decrypt"]);
  // Whoever uses it hears of it.
  key.catch(() => undefined);
  // Copies, as SubtleCrypto refuses memory that is shared between threads.
  return {
    seal: async (nonce, clear) =>
      new Uint8Array(await crypto.subtle.encrypt({ name: WEB_ALGORITHM, iv: nonce.slice() }, await key, clear.slice())),
    open: async (nonce, sealed) =>
      new Uint8Array(
        await crypto.subtle.decrypt({ name: WEB_ALGORITHM, iv: nonce.slice() }, await key, sealed.slice()),
      ),
  };
}

function nodeAesGcm(native: NodeCrypto, key: Uint8Array): AesGcm {
  return {
    seal: async (nonce, clear) => {
      const cipher = native.createCipheriv(NODE_ALGORITHM, key, nonce);
      const sealed = new Uint8Array(clear.length + TAG_BYTES);
      sealed.set(cipher.update(clear));
      cipher.final();
      sealed.set(cipher.getAuthTag(), clear.length);
      return sealed;
    },
    open: async (nonce, sealed) => {
      const tagAt = sealed.length - TAG_BYTES;
      if (tagAt < 0) throw new RangeError("What is sealed is no shorter than its tag.");
      const cipher = native.createDecipheriv(NODE_ALGORITHM, key, nonce);
      cipher.setAuthTag(sealed.subarray(tagAt));
      const clear = Uint8Array.from(cipher.update(sealed.subarray(0, tagAt)));
      cipher.final();
      return clear;
    },
  };
}
