import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { generateKeyPair, privateKeyFromRaw } from "@libp2p/crypto/keys";
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
 * Reads an identity from a file that holds the 64 hex digits of a secp256k1 private key. A file that does not exist is
 * made, with a new key, readable by its owner only.
 * @throws Error that says what the file should hold.
 */
export async function identityFromFile(path: string): Promise<PrivateKey> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return writeNewKey(path);
    }
    throw error;
  });
  if (!/^[0-9a-f]{64}$/i.test(text.trim())) {
    throw new Error(`${path} must hold one line of 64 hex digits, a secp256k1 private key (or not exist: it is made)`);
  }
  return privateKeyFromRaw(Buffer.from(text.trim(), "hex"));
}

async function writeNewKey(path: string): Promise<string> {
  const key = await generateKeyPair("secp256k1");
  const text = `${Buffer.from(key.raw).toString("hex")}\n`;
  await writeFile(path, text, { mode: 0o600, flag: "wx" });
  return text;
}
