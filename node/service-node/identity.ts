import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { privateKeyFromRaw } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";

/**
 * The identity of the service node for local use. It is derived from these public words on purpose: everybody's local
 * node has the same peer id, so that the address can be a constant of the clients. It protects nothing.
 */
const LOCAL_IDENTITY_WORDS = "hearback local service node, public identity, 1";

/** The well-known secp256k1 identity whose peer id stands in `LOCAL_NETWORK`. */
export function localIdentity(): PrivateKey {
  return privateKeyFromRaw(createHash("sha256").update(LOCAL_IDENTITY_WORDS).digest());
}

/**
 * Reads an identity from a file that holds the 64 hex digits of a secp256k1 private key.
 * @throws Error that says what the file should hold.
 */
export async function identityFromFile(path: string): Promise<PrivateKey> {
  const text = (await readFile(path, "utf8")).trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new Error(`${path} must hold one line of 64 hex digits, a secp256k1 private key (try: openssl rand -hex 32)`);
  }
  return privateKeyFromRaw(Buffer.from(text, "hex"));
}
