/** Wall clock and timers, injected so that the simulator can run the same code on virtual time. */
export interface Clock {
  /** Milliseconds since the Unix epoch, uncorrected. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds; returns a function that cancels it (idempotent). */
  schedule(ms: number, callback: () => void): () => void;
}

/** Randomness, injected so that a seed replays a run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** `length` fresh random bytes. */
  bytes(length: number): Uint8Array;
}
