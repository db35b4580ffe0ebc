import { hexToBytes } from "@noble/hashes/utils.js";
import { type NodeCrypto, type NodeKey, nodeCrypto } from "../../runtime/node-crypto.ts";
import { equalBytes } from "../bytes/equal-bytes.ts";
import type { DeviceKey, Signer } from "../port.ts";

/** What stands before the seed in the PKCS #8 form of an Ed25519 key (RFC 8410). */
const PKCS8_HEAD = hexToBytes("302e020100300506032b657004220420");

/** RFC 8032, section 7.1, test 2: Ed25519 is deterministic, so whoever signs by the rules gives exactly these bytes. */
const SAMPLE = {
  seed: hexToBytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
  message: hexToBytes("72"),
  signature: hexToBytes(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ),
};

/**
 * Signs in the same thread, where the engine is Node: Web Cryptography gives each signature to another thread there, which
 * costs several times what signing does. Null where it is not, or does not give the bytes that it should.
 */
export function createNodeSigner(key: DeviceKey, native: NodeCrypto | null = nodeCrypto()): Signer | null {
  if (native === null || !signsByTheRules(native)) return null;
  const { publicKey } = key;
  const secret = key.kind === "webcrypto" ? native.KeyObject.from(key.privateKey) : keyOfSeed(native, key.secretKey);
  return { publicKey, sign: async (message) => Uint8Array.from(native.sign(null, message, secret)) };
}

const tried = new WeakMap<NodeCrypto, boolean>();

function signsByTheRules(native: NodeCrypto): boolean {
  const known = tried.get(native);
  if (known !== undefined) return known;
  const holds = givesTheSample(native);
  tried.set(native, holds);
  return holds;
}

function givesTheSample(native: NodeCrypto): boolean {
  try {
    return equalBytes(native.sign(null, SAMPLE.message, keyOfSeed(native, SAMPLE.seed)), SAMPLE.signature);
  } catch {
    // An engine without Ed25519.
    return false;
  }
}

function keyOfSeed(native: NodeCrypto, seed: Uint8Array): NodeKey {
  const key = new Uint8Array(PKCS8_HEAD.length + seed.length);
  key.set(PKCS8_HEAD);
  key.set(seed, PKCS8_HEAD.length);
  return native.createPrivateKey({ key, format: "der", type: "pkcs8" });
}
