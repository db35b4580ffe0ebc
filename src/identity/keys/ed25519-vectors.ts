import { hexToBytes } from "@noble/hashes/utils.js";

/**
 * One case of the strict verdict; bytes are lower-case hex. `vectors/ed25519.json` is a list of these: every rule broken
 * alone, and good signatures. It is to be run in each engine that we support, so it is data and a function on data.
 */
export interface Ed25519Vector {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

/** Names of the vectors on which `verify` is wrong; empty when all is well. A throw counts as "not valid". */
export async function failedEd25519Vectors(verify: Verify, vectors: readonly Ed25519Vector[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, publicKey, message, signature, valid } of vectors) {
    const verdict = await attempt(verify, publicKey, message, signature);
    if (verdict !== valid) failed.push(name);
  }
  return failed;
}

async function attempt(verify: Verify, ...hex: readonly [string, string, string]): Promise<boolean> {
  const [publicKey, message, signature] = hex;
  try {
    return await verify(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature));
  } catch {
    return false;
  }
}
