import type { Random } from "./port.ts";
import { unitFrom } from "./unit.ts";

/** `crypto.getRandomValues` refuses more than this at a time. */
const LARGEST_DRAW = 65_536;

/** Unpredictable randomness of the host. */
export const systemRandom: Random = {
  next() {
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
    return unitFrom(high, low);
  },
  bytes(length) {
    const bytes = new Uint8Array(length);
    for (let start = 0; start < length; start += LARGEST_DRAW) {
      crypto.getRandomValues(bytes.subarray(start, start + LARGEST_DRAW));
    }
    return bytes;
  },
};
