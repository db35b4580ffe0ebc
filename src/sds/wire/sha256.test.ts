import { createHash } from "node:crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256Into } from "./sha256.ts";

function hexOf(message: Uint8Array): string {
  const digest = new Uint8Array(32);
  sha256Into(digest, message);
  return Buffer.from(digest).toString("hex");
}

describe("SHA-256", () => {
  // NIST's examples, of one block and of two.
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
  ])("of %j is the published one", (text, hex) => {
    expect(hexOf(new TextEncoder().encode(text))).toBe(hex);
  });

  it("is that of two other libraries for every length around the edges of blocks, whatever was hashed before", () => {
    for (let length = 0; length <= 4 * 64 + 1; length++) {
      const message = Uint8Array.from({ length }, (_, index) => 255 - ((index * 7 + length) & 0xff));
      const hex = hexOf(message);
      expect(hex).toBe(createHash("sha256").update(message).digest("hex"));
      expect(hex).toBe(Buffer.from(sha256(message)).toString("hex"));
    }
  });

  it("is that of two other libraries for any bytes, views among them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.nat(100), (bytes, from) => {
        const message = bytes.subarray(from);
        const hex = hexOf(message);
        expect(hex).toBe(createHash("sha256").update(message).digest("hex"));
        expect(hex).toBe(Buffer.from(sha256(message)).toString("hex"));
      }),
      { numRuns: 300 },
    );
  });

  it("counts the bits of the longest message that there is", () => {
    const message = new Uint8Array(1024 * 1024).fill(0xab);
    expect(hexOf(message)).toBe(createHash("sha256").update(message).digest("hex"));
  });
});
