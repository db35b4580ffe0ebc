import type { Clock } from "./port.ts";

/** Browsers and Node keep a delay in 31 bits: a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The wall clock and timers of the host. Delays of any length work; `callback` never runs during `schedule`. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(ms, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (left: number): void => {
      const hop = Math.min(left, LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => (left > hop ? wait(left - hop) : callback()), hop);
    };
    wait(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
