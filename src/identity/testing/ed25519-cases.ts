import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Ed25519Vector } from "../keys/ed25519-vectors.ts";

/**
 * Derives src/identity/vectors/ed25519.json, every value from the two fixed seeds below, RFC 8032 or the constants of the
 * curve. The forged signatures are those that some engine accepts: they solve the signature equation, with or without
 * the cofactor, and break exactly one rule of the strict verdict.
 */

type Point = InstanceType<typeof ed25519.Point>;
const { Point } = ed25519;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;
const MESSAGE = utf8ToBytes("hearback");
const SEED = new Uint8Array(32).fill(7);
const OTHER_SEED = new Uint8Array(32).fill(9);
const KEY = ed25519.utils.getExtendedPublicKey(SEED);
/** A fixed nonce, so that forged signatures are reproducible. */
const NONCE = 0x1234567890abcdefn;

/** RFC 8032 section 7.1, tests 1 to 3. */
const RFC_8032: readonly Ed25519Vector[] = [
  {
    name: "RFC 8032 test 1",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    valid: true,
  },
  {
    name: "RFC 8032 test 2",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    valid: true,
  },
  {
    name: "RFC 8032 test 3",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    valid: true,
  },
];

export function deriveEd25519Vectors(): readonly Ed25519Vector[] {
  return [...RFC_8032, ...plainVectors(), ...keyVectors(), ...scalarVectors(), ...noncePointVectors()];
}

function plainVectors(): Ed25519Vector[] {
  const signature = ed25519.sign(MESSAGE, SEED);
  return [
    vector("good", KEY.pointBytes, MESSAGE, signature, true),
    vector("another message", KEY.pointBytes, utf8ToBytes("hearbacc"), signature, false),
    vector("another key", ed25519.getPublicKey(OTHER_SEED), MESSAGE, signature, false),
    vector("signature of 63 bytes", KEY.pointBytes, MESSAGE, signature.subarray(0, 63), false),
    vector("signature of 65 bytes", KEY.pointBytes, MESSAGE, concatBytes(signature, new Uint8Array(1)), false),
    vector("key of 31 bytes", KEY.pointBytes.subarray(0, 31), MESSAGE, signature, false),
    vector("key of 33 bytes", concatBytes(KEY.pointBytes, new Uint8Array(1)), MESSAGE, signature, false),
    vector("empty key", new Uint8Array(), MESSAGE, signature, false),
    vector("empty signature", KEY.pointBytes, MESSAGE, new Uint8Array(), false),
  ];
}

function keyVectors(): Ed25519Vector[] {
  const vectors: Ed25519Vector[] = [];
  for (const [i, point] of torsionPoints().entries()) {
    // R is made so that the equation holds for this very key and message: S = 0, R = -k*A, found by trying each point.
    vectors.push(smallOrderVector(`small-order key ${i}`, point.toBytes()));
  }
  for (const [name, encoding] of nonCanonicalSmallOrder()) vectors.push(smallOrderVector(`${name} key`, encoding));
  for (const y of nonCanonicalOnCurve()) {
    const encoding = littleEndianBytes(y + P);
    vectors.push(vector(`key with y = p + ${y}`, encoding, MESSAGE, ed25519.sign(MESSAGE, SEED), false));
  }
  vectors.push(vector("key off the curve", littleEndianBytes(2n), MESSAGE, ed25519.sign(MESSAGE, SEED), false));
  for (const i of [1, 2, 4]) vectors.push(mixedTorsionVector(i));
  return vectors;
}

function scalarVectors(): Ed25519Vector[] {
  const signature = ed25519.sign(MESSAGE, SEED);
  const r = signature.subarray(0, 32);
  const s = fromLittleEndian(signature.subarray(32));
  const withS = (scalar: bigint) => concatBytes(r, littleEndianBytes(scalar));
  return [
    vector("S + L", KEY.pointBytes, MESSAGE, withS(s + L), false),
    vector("S + 8L", KEY.pointBytes, MESSAGE, withS(s + 8n * L), false),
    vector("S = L", KEY.pointBytes, MESSAGE, withS(L), false),
    vector("S = 0", KEY.pointBytes, MESSAGE, withS(0n), false),
    vector("S with all bits set", KEY.pointBytes, MESSAGE, withS(2n ** 256n - 1n), false),
  ];
}

function noncePointVectors(): Ed25519Vector[] {
  const nonce = Point.BASE.multiply(NONCE);
  const torsion = torsionPoints();
  const vectors = [
    vector("R chosen freely", KEY.pointBytes, MESSAGE, forge(nonce.toBytes(), NONCE), true),
    vector("R neutral, canonical", KEY.pointBytes, MESSAGE, forge(Point.ZERO.toBytes(), 0n), true),
    vector("R off the curve", KEY.pointBytes, MESSAGE, forge(littleEndianBytes(2n), 0n), false),
  ];
  for (const i of [1, 2, 4]) {
    const point = torsion[i] as Point;
    // Both solve the equation only when it is multiplied by the cofactor.
    vectors.push(
      vector(`R with torsion ${i}`, KEY.pointBytes, MESSAGE, forge(nonce.add(point).toBytes(), NONCE), false),
    );
    vectors.push(vector(`R of small order ${i}`, KEY.pointBytes, MESSAGE, forge(point.toBytes(), 0n), false));
  }
  for (const [name, encoding] of nonCanonicalSmallOrder()) {
    vectors.push(vector(`${name} R`, KEY.pointBytes, MESSAGE, forge(encoding, 0n), false));
  }
  return vectors;
}

/** A signature whose R is `encoding`, with S = nonce + k*a: solves the equation as far as `encoding` is nonce*B. */
function forge(encoding: Uint8Array, nonce: bigint): Uint8Array {
  const k = challenge(encoding, KEY.pointBytes, MESSAGE);
  return concatBytes(encoding, littleEndianBytes(Point.Fn.create(nonce + k * KEY.scalar)));
}

/** S = 0 and R = -k*A: with a key of small order, R is one of eight points, and one of them comes true by itself. */
function smallOrderVector(name: string, key: Uint8Array): Ed25519Vector {
  const point = Point.fromBytes(key, true);
  const negated = point.negate();
  for (let attempt = 0; ; attempt++) {
    const message = utf8ToBytes(`hearback ${attempt}`);
    for (const candidate of torsionPoints()) {
      const r = candidate.toBytes();
      const k = challenge(r, key, message);
      if (!negated.multiplyUnsafe(k).equals(candidate)) continue;
      return vector(name, key, message, concatBytes(r, new Uint8Array(32)), false);
    }
  }
}

/** Key A + T with a message for which k*T is neutral: engines that do not check the key's order accept it. */
function mixedTorsionVector(i: number): Ed25519Vector {
  const torsion = torsionPoints()[i] as Point;
  const key = KEY.point.add(torsion).toBytes();
  const r = Point.BASE.multiply(NONCE).toBytes();
  for (let attempt = 0; ; attempt++) {
    const message = utf8ToBytes(`hearback ${attempt}`);
    const k = challenge(r, key, message);
    if (!torsion.multiplyUnsafe(k).is0()) continue;
    const s = littleEndianBytes(Point.Fn.create(NONCE + k * KEY.scalar));
    return vector(`mixed-torsion key ${i}`, key, message, concatBytes(r, s), false);
  }
}

/** The eight points of small order: i * T, T = L * (some point of order 8L). */
function torsionPoints(): Point[] {
  let generator = Point.ZERO;
  for (let y = 2n; generator.double().double().is0(); y++) {
    try {
      const point = Point.fromBytes(littleEndianBytes(y));
      // L * point, as `multiplyUnsafe` takes scalars below L only.
      generator = point.multiplyUnsafe(L - 1n).add(point);
    } catch {
      // No point with this y.
    }
  }
  const points = [Point.ZERO];
  while (points.length < 8) points.push((points.at(-1) as Point).add(generator));
  return points;
}

/** Encodings of small-order points with y >= p, or with the sign bit of x = 0 set. */
function nonCanonicalSmallOrder(): [string, Uint8Array][] {
  const negative = (y: bigint) => littleEndianBytes(y + 2n ** 255n);
  return [
    ["y = p + 1", littleEndianBytes(P + 1n)],
    ["y = p", littleEndianBytes(P)],
    ["y = p, x negative", negative(P)],
    ["y = 1, x = -0", negative(1n)],
    ["y = -1, x = -0", negative(P - 1n)],
    ["y = p + 1, x = -0", negative(P + 1n)],
  ];
}

/** The y of 2 to 18 that are on the curve: the only points of large order that have a second encoding. */
function nonCanonicalOnCurve(): bigint[] {
  return Array.from({ length: 17 }, (_, i) => BigInt(i + 2)).filter((y) => {
    try {
      Point.fromBytes(littleEndianBytes(y));
      return true;
    } catch {
      return false;
    }
  });
}

function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return Point.Fn.create(fromLittleEndian(sha512(concatBytes(r, key, message))));
}

function vector(
  name: string,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  valid: boolean,
): Ed25519Vector {
  const [key, text, bytes] = [publicKey, message, signature].map(bytesToHex) as [string, string, string];
  return { name, publicKey: key, message: text, signature: bytes, valid };
}

function littleEndianBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
