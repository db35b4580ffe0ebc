import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "./ed25519-sizes.ts";

type Point = InstanceType<typeof ed25519.Point>;

const MAX_CACHED_KEYS = 1_024;
/** A table takes some 4 ms and 120 kB, and makes each later verdict more than twice as fast. */
const MAX_TABLES = 64;
const USES_BEFORE_TABLE = 8;
const TABLE_WINDOW = 4;

interface CheckedKey {
  /** The negated point, as the verdict needs it; null for a key that never counts. */
  readonly negated: Point | null;
  uses: number;
}

/** Least recently used first. Verdicts on keys are facts, so one cache serves every channel. */
const checkedKeys = new Map<string, CheckedKey>();
const keysWithTable = new Set<string>();

/**
 * A key counts only if it is the canonical encoding (y < p, no negative zero) of a point of the prime-order subgroup
 * other than the neutral one: no small-order point, no torsion component. Engines differ on all others.
 */
export function isStrictPublicKey(publicKey: Uint8Array): boolean {
  return checkedKeyOf(publicKey) !== null;
}

/**
 * The verdict on an Ed25519 signature (RFC 8032), the same in every engine: the key is strict, S < L, R is the canonical
 * encoding of a torsion-free point, and the signature equation holds. Total: wrong lengths are false.
 *
 * With a torsion-free key, S*B - k*A is torsion-free, so "R is canonical, torsion-free and solves the equation, with or
 * without cofactor" says exactly that R is the encoding of S*B - k*A. That is what is compared: one encoding instead of
 * decoding R and checking its order.
 */
export function verifyStrict(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  //= protocol: SIGN-2
  if (signature.length !== SIGNATURE_BYTES) return false;
  const s = littleEndian(signature.subarray(32));
  if (s >= ed25519.Point.Fn.ORDER) return false;
  const negatedKey = checkedKeyOf(publicKey);
  if (negatedKey === null) return false;
  const r = signature.subarray(0, 32);
  const digest = sha512.create().update(r).update(publicKey).update(message).digest();
  const k = ed25519.Point.Fn.create(littleEndian(digest));
  const expected = ed25519.Point.BASE.multiplyUnsafe(s).add(negatedKey.multiplyUnsafe(k)).toBytes();
  return expected.every((byte, i) => byte === r[i]);
}

function checkedKeyOf(publicKey: Uint8Array): Point | null {
  if (publicKey.length !== PUBLIC_KEY_BYTES) return null;
  const name = String.fromCharCode(...publicKey);
  const known = checkedKeys.get(name);
  const key = known ?? { negated: checkKey(publicKey), uses: 0 };
  if (known !== undefined) checkedKeys.delete(name);
  checkedKeys.set(name, key);
  if (known === undefined && checkedKeys.size > MAX_CACHED_KEYS) forgetOldest();
  key.uses++;
  if (key.uses === USES_BEFORE_TABLE && key.negated !== null) giveTable(name, key.negated);
  return key.negated;
}

function checkKey(publicKey: Uint8Array): Point | null {
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    //= protocol: SIGN-2
    return point.isSmallOrder() || !point.isTorsionFree() ? null : point.negate();
  } catch {
    return null;
  }
}

function giveTable(name: string, point: Point): void {
  point.precompute(TABLE_WINDOW, true);
  keysWithTable.add(name);
  if (keysWithTable.size <= MAX_TABLES) return;
  // The one that was not used for longest loses its table together with its place in the cache; it is checked anew.
  for (const oldest of checkedKeys.keys()) {
    if (!keysWithTable.has(oldest)) continue;
    keysWithTable.delete(oldest);
    checkedKeys.delete(oldest);
    return;
  }
}

function forgetOldest(): void {
  for (const oldest of checkedKeys.keys()) {
    checkedKeys.delete(oldest);
    keysWithTable.delete(oldest);
    return;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let hex = "0x";
  for (let i = bytes.length - 1; i >= 0; i--) hex += (bytes[i] ?? 0).toString(16).padStart(2, "0");
  return BigInt(hex);
}
