import { describe, expect, test, vi } from "vitest";
import { nodeCrypto } from "../../runtime/node-crypto.ts";
import { createAesGcm } from "./aes-gcm.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const nonce = new Uint8Array(12).fill(9);
const native = nodeCrypto();
const engines = { "Node's own": () => createAesGcm(key, native), web: () => createAesGcm(key, null) };

describe.each(Object.entries(engines))("AES-GCM of %s cryptography", (_name, create) => {
  test("gives the bytes that the others give, and reads theirs", async () => {
    for (const size of [0, 1, 256, 70_000]) {
      const clear = new Uint8Array(size).fill(size % 251);
      const sealed = await create().seal(nonce, clear);
      expect(sealed.length).toBe(size + 16);
      for (const other of Object.values(engines)) {
        expect(await other().seal(nonce, clear)).toEqual(sealed);
        expect(await other().open(nonce, sealed)).toEqual(clear);
      }
    }
  });

  test("reads nothing that was changed, cut short, or sealed under another key or nonce", async () => {
    const cipher = create();
    const sealed = await cipher.seal(nonce, Uint8Array.of(1, 2, 3));
    for (let at = 0; at < sealed.length; at++) {
      await expect(cipher.open(nonce, sealed.with(at, (sealed[at] ?? 0) ^ 1))).rejects.toThrow();
      await expect(cipher.open(nonce, sealed.subarray(0, at))).rejects.toThrow();
    }
    await expect(cipher.open(nonce.with(0, 0), sealed)).rejects.toThrow();
    await expect(createAesGcm(key.with(0, 7), native).open(nonce, sealed)).rejects.toThrow();
  });

  test("holds its own copy of the key", async () => {
    const mine = key.slice();
    const cipher = createAesGcm(mine, _name === "web" ? null : native);
    mine.fill(0);
    expect(await cipher.seal(nonce, key)).toEqual(await create().seal(nonce, key));
  });
});

test("web cryptography is asked for the key once", async () => {
  const importKey = vi.spyOn(crypto.subtle, "importKey");
  const cipher = createAesGcm(key, null);
  for (let time = 0; time < 3; time++) await cipher.open(nonce, await cipher.seal(nonce, key));
  expect(importKey).toHaveBeenCalledTimes(1);
  importKey.mockRestore();
});

test("where there is Node's own cryptography no other is asked", async () => {
  const encrypt = vi.spyOn(crypto.subtle, "encrypt");
  await createAesGcm(key).seal(nonce, key);
  expect(encrypt).not.toHaveBeenCalled();
  encrypt.mockRestore();
});
