import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test, vi } from "vitest";
import { type NodeCrypto, nodeCrypto } from "../../runtime/node-crypto.ts";
import type { DeviceKey } from "../port.ts";
import { createNobleSigner } from "./noble-signer.ts";
import { createNodeSigner } from "./node-signer.ts";
import { createWebCryptoSigner, generateDeviceKey, signerOf } from "./webcrypto-signer.ts";

const native = nodeCrypto();
const messages = [0, 1, 100, 5_000].map((size) => new Uint8Array(size).fill(size % 251));

function rawKey(): Extract<DeviceKey, { kind: "raw" }> {
  const secretKey = new Uint8Array(32).fill(6);
  return { kind: "raw", secretKey, publicKey: ed25519.getPublicKey(secretKey) };
}

describe("a signer of Node's own", () => {
  test("gives the bytes that @noble gives for a seed", async () => {
    const key = rawKey();
    const signer = createNodeSigner(key);
    expect(signer?.publicKey).toEqual(key.publicKey);
    for (const message of messages) {
      expect(await signer?.sign(message)).toEqual(await createNobleSigner(key.secretKey).sign(message));
    }
  });

  test("gives the bytes that web cryptography gives for a key that nobody can read", async () => {
    const key = await generateDeviceKey();
    if (key.kind !== "webcrypto") throw new Error("This engine has Ed25519");
    const signer = createNodeSigner(key);
    expect(signer?.publicKey).toEqual(key.publicKey);
    for (const message of messages) {
      expect(await signer?.sign(message)).toEqual(await createWebCryptoSigner(key).sign(message));
    }
  });

  test("is what a stored key is signed with, and web cryptography is not asked", async () => {
    const sign = vi.spyOn(crypto.subtle, "sign");
    await signerOf(await generateDeviceKey()).sign(Uint8Array.of(1));
    expect(sign).not.toHaveBeenCalled();
    sign.mockRestore();
  });

  test("is none where there is no Node, or no Ed25519, or other bytes come out", () => {
    const refusing = { ...native, createPrivateKey: () => refuse() } as unknown as NodeCrypto;
    const random = { ...native, sign: () => new Uint8Array(64).fill(1) } as unknown as NodeCrypto;
    for (const engine of [null, refusing, random]) expect(createNodeSigner(rawKey(), engine)).toBeNull();
    // Asked once, remembered.
    expect(createNodeSigner(rawKey(), random)).toBeNull();
  });
});

function refuse(): never {
  throw new Error("unsupported");
}
