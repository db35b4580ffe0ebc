import { ed25519 } from "@noble/curves/ed25519.js";
import type { DeviceKey, Signer } from "../port.ts";
import { createNobleSigner } from "./noble-signer.ts";
import { createNodeSigner } from "./node-signer.ts";

const ALGORITHM = "Ed25519";
type WebCryptoKey = Extract<DeviceKey, { kind: "webcrypto" }>;

/** Signs inside the engine; the secret never enters JavaScript. `sign` rejects as `SubtleCrypto.sign` does. */
export function createWebCryptoSigner(key: WebCryptoKey): Signer {
  return {
    publicKey: key.publicKey,
    sign: async (message) =>
      // A copy, as SubtleCrypto refuses memory that is shared between threads.
      new Uint8Array(await crypto.subtle.sign(ALGORITHM, key.privateKey, Uint8Array.from(message))),
  };
}

/** A new key, non-extractable where the engine has Ed25519, else a raw seed. */
export async function generateDeviceKey(): Promise<DeviceKey> {
  try {
    return await generateWebCryptoKey();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    const { secretKey, publicKey } = ed25519.keygen();
    return { kind: "raw", secretKey, publicKey };
  }
}

/** The signer of a stored key. All give the same bytes. */
export function signerOf(key: DeviceKey): Signer {
  const native = createNodeSigner(key);
  if (native !== null) return native;
  return key.kind === "webcrypto" ? createWebCryptoSigner(key) : createNobleSigner(key.secretKey);
}

async function generateWebCryptoKey(): Promise<WebCryptoKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new DOMException("No key pair", "NotSupportedError");
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { kind: "webcrypto", privateKey: pair.privateKey, publicKey };
}

/** No Ed25519: NotSupportedError (old Chromium, Firefox) or SyntaxError; no `crypto.subtle` at all: TypeError. */
function isUnsupported(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  return error instanceof DOMException && ["NotSupportedError", "SyntaxError"].includes(error.name);
}
