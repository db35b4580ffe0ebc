import type { Random } from "../../../runtime/port.ts";

/** When to try again: the pause grows from `firstMs` to `lastMs`, each varied by a fifth up or down. */
export interface Backoff {
  /** The pause before the coming attempt, in milliseconds; grows with each call. */
  pause(): number;
  /** The next pause is the first again. */
  reset(): void;
}

export interface BackoffOptions {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly random: Random;
}

const GROWTH = 1.5;
const SPREAD = 0.2;

export function createBackoff({ firstMs, lastMs, random }: BackoffOptions): Backoff {
  let nextMs = firstMs;

  return {
    pause: () => {
      const pauseMs = nextMs;
      nextMs = Math.min(lastMs, pauseMs * GROWTH);
      // Clients that lost the same service node at the same moment should not all come back at the same moment.
      return pauseMs * (1 + SPREAD * (random.next() * 2 - 1));
    },
    reset: () => {
      nextMs = firstMs;
    },
  };
}
