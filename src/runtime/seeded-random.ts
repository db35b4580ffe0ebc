import type { Random } from "./port.ts";
import { unitFrom } from "./unit.ts";

/**
 * Randomness that the seed determines, for the simulator and for replaying a run. Not for keys: it is predictable.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's "small fast counting" generator of PractRand: 128 bits of state, of
 * which 32 are a counter, so the period is at least 2^32), its state filled from the seed by splitmix32. `seed` is any
 * finite number; integers up to 2^53 give distinct streams.
 */
export function createSeededRandom(seed: number): Random {
  const word = sfc32(seedWords(seed));
  return {
    next() {
      const high = word();
      return unitFrom(high, word());
    },
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 4) {
        const value = word();
        for (let byte = 0; byte < 4 && at + byte < length; byte++) bytes[at + byte] = value >>> (8 * byte);
      }
      return bytes;
    },
  };
}

type State = readonly [number, number, number];

function sfc32([first, second, third]: State): () => number {
  let a = first;
  let b = second;
  let c = third;
  let counter = 1;
  const word = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // The first words still show the seed; PractRand's own seeding throws away as many.
  for (let warmUp = 0; warmUp < 15; warmUp++) word();
  return word;
}

/** The bits of the double, mixed: neighbouring seeds give unrelated states. */
function seedWords(seed: number): State {
  if (!Number.isFinite(seed)) throw new RangeError(`A seed must be a finite number, not ${seed}.`);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, seed === 0 ? 0 : seed);
  const high = bits.getUint32(0);
  const low = bits.getUint32(4);
  return [splitmix32(low), splitmix32(high ^ splitmix32(low)), high ^ low];
}

function splitmix32(input: number): number {
  let z = (input + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) | 0;
}
