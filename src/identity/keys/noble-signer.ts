import { ed25519 } from "@noble/curves/ed25519.js";
import type { Signer } from "../port.ts";

/**
 * Signs with a secret key that is held in memory: for the simulator (deterministic) and for engines without Ed25519.
 * `secretKey` is the 32-byte seed of RFC 8032; a wrong length throws.
 */
export function createNobleSigner(secretKey: Uint8Array): Signer {
  const secret = Uint8Array.from(secretKey);
  return {
    publicKey: ed25519.getPublicKey(secret),
    sign: async (message) => ed25519.sign(message, secret),
  };
}
