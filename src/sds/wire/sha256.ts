/**
 * SHA-256 (FIPS 180-4) of a whole message. Every message is hashed once, and this takes two thirds of the time that
 * @noble/hashes takes, which hashes in pieces and clears its buffers behind itself: nothing hashed here is secret. The
 * tests compare the two.
 */

const DIGEST_BYTES = 32;
const BLOCK_BYTES = 64;
/** Of the last block, behind which the length stands. */
const LENGTH_AT_WORD = 14;

/** Fractions of the cube roots of the first 64 primes. */
// biome-ignore format: a table
const ROUND_CONSTANTS = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
/** Fractions of the square roots of the first eight primes. */
// biome-ignore format: a table
const BEGIN = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

/** The hash so far, and the block that is taken in with what it is stretched to. New ones for each message were garbage. */
const state = new Int32Array(BEGIN.length);
const words = new Int32Array(ROUND_CONSTANTS.length);

/** Writes the 32 bytes of the hash into `digest`. */
export function sha256Into(digest: Uint8Array, message: Uint8Array): void {
  state.set(BEGIN);
  let at = 0;
  for (; at + BLOCK_BYTES <= message.length; at += BLOCK_BYTES) {
    takeWords(message, at, BLOCK_BYTES);
    takeBlock();
  }
  takeWords(message, at, message.length - at);
  putByte(message.length - at, 0x80);
  if (message.length - at >= 4 * LENGTH_AT_WORD) {
    takeBlock();
    words.fill(0, 0, LENGTH_AT_WORD);
  }
  // In bits, in two words.
  words[LENGTH_AT_WORD] = Math.floor(message.length / 2 ** 29);
  words[LENGTH_AT_WORD + 1] = message.length << 3;
  takeBlock();
  for (let i = 0; i < DIGEST_BYTES; i++) digest[i] = (state[i >> 2] ?? 0) >>> (24 - 8 * (i & 3));
}

/** The next `count` bytes of the message, at most a block; what is left of the block is 0. */
function takeWords(message: Uint8Array, start: number, count: number): void {
  const whole = count >> 2;
  for (let i = 0, at = start; i < whole; i++, at += 4) {
    const high = ((message[at] ?? 0) << 24) | ((message[at + 1] ?? 0) << 16);
    words[i] = high | ((message[at + 2] ?? 0) << 8) | (message[at + 3] ?? 0);
  }
  words.fill(0, whole, BLOCK_BYTES >> 2);
  for (let i = 4 * whole; i < count; i++) putByte(i, message[start + i] ?? 0);
}

/** Of the block, where 0 was. */
function putByte(index: number, byte: number): void {
  words[index >> 2] = (words[index >> 2] ?? 0) | (byte << (24 - 8 * (index & 3)));
}

/** 64 rounds. The eight words are variables, as an array, even one that is only taken apart, takes twice as long. */
function takeBlock(): void {
  stretch();
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let i = 0; i < ROUND_CONSTANTS.length; i++) {
    const mixedE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const chosen = ((f ^ g) & e) ^ g;
    const added = ((ROUND_CONSTANTS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const first = (((h + mixedE) | 0) + chosen + added) | 0;
    const mixedA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) | (c & (a | b));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + mixedA + majority) | 0;
  }
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
  add(5, f);
  add(6, g);
  add(7, h);
}

/** From the 16 words of the block to the 64 that the rounds take. */
function stretch(): void {
  for (let i = BLOCK_BYTES >> 2; i < words.length; i++) {
    const far = words[i - 15] ?? 0;
    const near = words[i - 2] ?? 0;
    const mixedFar = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3);
    const mixedNear = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10);
    words[i] = (((words[i - 16] ?? 0) + mixedFar) | 0) + (((words[i - 7] ?? 0) + mixedNear) | 0);
  }
}

function add(index: number, value: number): void {
  state[index] = (state[index] ?? 0) + value;
}
