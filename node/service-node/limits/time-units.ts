/** Waku writes timestamps in nanoseconds since the epoch. */
export const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
