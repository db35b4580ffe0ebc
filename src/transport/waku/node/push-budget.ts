import type { Clock } from "../../../runtime/port.ts";

/** What a service node kept for us while the network stood still, and four times as much. */
const MAX_BYTES = 32 * 1024 * 1024;
/** A thousand messages a second: more than any channel has for long, and less than a device cannot decrypt beside all else. */
const BYTES_PER_SECOND = 1024 * 1024;

/** How much a service node may push: so much at once, and so much a second for as long as it likes. */
export interface PushBudget {
  /** False: it is used up. */
  spend(bytes: number): boolean;
}

export function createPushBudget(clock: Pick<Clock, "now">): PushBudget {
  let left = MAX_BYTES;
  let lookedAt = clock.now();

  return {
    spend: (bytes) => {
      // A clock that was set back gives nothing.
      const elapsedMs = Math.max(0, clock.now() - lookedAt);
      lookedAt = clock.now();
      left = Math.min(MAX_BYTES, left + (elapsedMs * BYTES_PER_SECOND) / 1_000) - bytes;
      return left >= 0;
    },
  };
}
