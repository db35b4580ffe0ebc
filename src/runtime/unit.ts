/** Two random 32-bit words as a number in [0, 1) with all 53 bits of a double. */
export function unitFrom(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}
