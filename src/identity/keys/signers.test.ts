import { afterEach, describe, expect, test, vi } from "vitest";
import type { DeviceKey } from "../port.ts";
import { isStrictPublicKey, verifyStrict } from "./ed25519-key.ts";
import { createNobleSigner } from "./noble-signer.ts";
import { generateDeviceKey, signerOf } from "./webcrypto-signer.ts";

const message = new TextEncoder().encode("who has it?");

afterEach(() => vi.restoreAllMocks());

async function expectToSign(key: DeviceKey): Promise<void> {
  const signer = signerOf(key);
  expect(signer.publicKey).toEqual(key.publicKey);
  expect(isStrictPublicKey(signer.publicKey)).toBe(true);
  const signature = await signer.sign(message);
  expect(verifyStrict(signer.publicKey, message, signature)).toBe(true);
  expect(verifyStrict(signer.publicKey, message.with(0, 0), signature)).toBe(false);
}

describe("generateDeviceKey", () => {
  test("makes a key that signs and that nobody can read", async () => {
    const key = await generateDeviceKey();
    if (key.kind !== "webcrypto") throw new Error("This engine has Ed25519");
    expect(key.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("pkcs8", key.privateKey)).rejects.toThrow();
    await expectToSign(key);
    await expectToSign(structuredClone(key));
  });

  test("falls back to a raw key in an engine without Ed25519", async () => {
    vi.spyOn(crypto.subtle, "generateKey").mockRejectedValue(new DOMException("No", "NotSupportedError"));
    const key = await generateDeviceKey();
    expect(key.kind).toBe("raw");
    await expectToSign(key);
    expect((await generateDeviceKey()).publicKey).not.toEqual(key.publicKey);
  });

  test("does not hide any other failure", async () => {
    vi.spyOn(crypto.subtle, "generateKey").mockRejectedValue(new DOMException("No", "QuotaExceededError"));
    await expect(generateDeviceKey()).rejects.toThrow("No");
  });
});

describe("createNobleSigner", () => {
  test("is deterministic, and keeps its own copy of the secret", async () => {
    const secret = new Uint8Array(32).fill(5);
    const signer = createNobleSigner(secret);
    const first = await signer.sign(message);
    secret.fill(0);
    expect(await signer.sign(message)).toEqual(first);
    expect(verifyStrict(signer.publicKey, message, first)).toBe(true);
  });

  test("refuses a secret of the wrong length", () => {
    expect(() => createNobleSigner(new Uint8Array(31))).toThrow();
  });
});
