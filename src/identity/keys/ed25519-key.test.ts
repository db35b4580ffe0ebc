import { ed25519 } from "@noble/curves/ed25519.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readVectors } from "../testing/vector-file.ts";
import { isStrictPublicKey, verifyStrict } from "./ed25519-key.ts";
import { type Ed25519Vector, failedEd25519Vectors } from "./ed25519-vectors.ts";

const ed25519Vectors = await readVectors<Ed25519Vector>("ed25519.json");

/** The definition, word for word: canonical, torsion-free key and R, S < L, and the equation as @noble checks it. */
function byDefinition(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = ed25519.Point.fromBytes(publicKey, false);
    const r = ed25519.Point.fromBytes(signature.subarray(0, 32), false);
    if (key.isSmallOrder() || !key.isTorsionFree() || !r.isTorsionFree()) return false;
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("vectors", () => {
  //= protocol: SIGN-2
  test("every vector has the verdict it should", async () => {
    expect(await failedEd25519Vectors(verifyStrict, ed25519Vectors)).toEqual([]);
    expect(await failedEd25519Vectors(byDefinition, ed25519Vectors)).toEqual([]);
  });

  test("a lax verifier fails on all the forgeries, so they do test something", async () => {
    const lax = await failedEd25519Vectors(
      (key, message, signature) => ed25519.verify(signature, message, key, { zip215: true }),
      ed25519Vectors,
    );
    const forgeries = ed25519Vectors.filter(({ name }) => /small.order|torsion|^y = /.test(name));
    expect(forgeries.length).toBeGreaterThan(25);
    expect(lax.sort()).toEqual(forgeries.map(({ name }) => name).sort());
  });

  test("keys that break a rule are refused as keys, good ones are not", () => {
    for (const { name, publicKey, valid } of ed25519Vectors) {
      const strict = isStrictPublicKey(hexToBytes(publicKey));
      if (valid) expect(strict, name).toBe(true);
      if (/small-order key|mixed-torsion key|= .* key$|key (with|off|of)|empty key/.test(name))
        expect(strict, name).toBe(false);
    }
  });
});

//= protocol: SIGN-2
test("agrees with the definition on good and flipped signatures, keys and messages", () => {
  const flips = fc.option(fc.record({ where: fc.constantFrom("key", "message", "signature"), bit: fc.nat(511) }));
  fc.assert(
    fc.property(seed, fc.uint8Array({ minLength: 1, maxLength: 200 }), flips, (secret, message, flip) => {
      const publicKey = ed25519.getPublicKey(secret);
      const signature = ed25519.sign(message, secret);
      if (flip !== null) {
        const target = { key: publicKey, message, signature }[flip.where] as Uint8Array;
        const at = (flip.bit >> 3) % target.length;
        target[at] = (target[at] ?? 0) ^ (1 << (flip.bit & 7));
      }
      const verdict = verifyStrict(publicKey, message, signature);
      expect(verdict).toBe(byDefinition(publicKey, message, signature));
      expect(verdict).toBe(flip === null);
    }),
    { numRuns: 150 },
  );
});

test("is total on bytes of any length", () => {
  const anything = fc.uint8Array({ maxLength: 80 });
  fc.assert(
    fc.property(anything, anything, anything, (key, message, signature) => {
      expect(verifyStrict(key, message, signature)).toBe(false);
    }),
  );
});

test("gives the same verdict before and after a key is used often enough for a table, and after it is forgotten", () => {
  const secrets = Array.from({ length: 70 }, (_, i) => new Uint8Array(32).fill(i + 1));
  const message = Uint8Array.of(1, 2, 3);
  for (const secret of secrets) {
    const publicKey = ed25519.getPublicKey(secret);
    const signature = ed25519.sign(message, secret);
    const forged = signature.with(3, (signature[3] ?? 0) ^ 1);
    for (let use = 0; use < 10; use++) {
      expect(verifyStrict(publicKey, message, signature)).toBe(true);
      expect(verifyStrict(publicKey, message, forged)).toBe(false);
    }
  }
  const first = secrets[0] ?? new Uint8Array(32);
  expect(verifyStrict(ed25519.getPublicKey(first), message, ed25519.sign(message, first))).toBe(true);
});
