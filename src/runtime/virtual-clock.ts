import type { Clock } from "./port.ts";
import { TimerQueue } from "./timer-queue.ts";

/** Time that passes only when told to, for tests and the simulator. Timers fire in time order, ties in schedule order. */
export interface VirtualClock extends Clock {
  /** Timers that are scheduled and not cancelled. */
  readonly pending: number;
  /** When the next timer fires; null when there is none. */
  nextAt(): number | null;
  /** Lets `ms` milliseconds pass, firing every timer that falls due, also those that callbacks schedule meanwhile. */
  advance(ms: number): void;
  /** The same up to an absolute time; earlier than now is now. */
  runUntil(time: number): void;
  /** `advance` for code with promises: between two instants all promise jobs run, so that they can schedule timers. */
  advanceSettled(ms: number): Promise<void>;
  /** Like `advanceSettled`, but stops as soon as `done()` holds; resolves to whether it did within `ms`. */
  runUntilDone(done: () => boolean, ms: number): Promise<boolean>;
}

export interface VirtualClockOptions {
  /** Waits until pending promise jobs have run. Default: one turn of the event loop. */
  readonly settle?: () => Promise<void>;
}

/** More firings than this without time passing is a loop of zero delays, which would never end. */
const MAX_FIRINGS_AT_ONE_INSTANT = 1_000_000;

/** A clock that stands at `start` (milliseconds since the epoch). */
export function createVirtualClock(start: number, options: VirtualClockOptions = {}): VirtualClock {
  const queue = new TimerQueue();
  const settle = options.settle ?? eventLoopTurn;
  let now = start;
  let firingsNow = 0;

  /** Fires all timers of the next instant up to `limit`; false when there is none. */
  const runInstant = (limit: number): boolean => {
    const at = queue.nextAt();
    if (at === null || at > limit) return false;
    if (at > now) firingsNow = 0;
    now = Math.max(now, at);
    for (let callback = queue.takeDue(now); callback !== null; callback = queue.takeDue(now)) {
      if (++firingsNow > MAX_FIRINGS_AT_ONE_INSTANT)
        throw new Error("Timers of zero delay schedule each other forever.");
      callback();
    }
    return true;
  };

  const runUntil = (time: number): void => {
    while (runInstant(time));
    now = Math.max(now, time);
  };

  const runUntilDone = async (done: () => boolean, ms: number): Promise<boolean> => {
    const end = now + ms;
    for (;;) {
      await settle();
      if (done()) return true;
      if (!runInstant(end)) break;
    }
    now = Math.max(now, end);
    return false;
  };

  return {
    get pending() {
      return queue.size;
    },
    now: () => now,
    schedule: (ms, callback) => queue.add(now + Math.max(0, ms), callback),
    nextAt: () => queue.nextAt(),
    advance: (ms) => runUntil(now + ms),
    runUntil,
    advanceSettled: async (ms) => {
      await runUntilDone(() => false, ms);
    },
    runUntilDone,
  };
}

/** A macrotask: everything that promises queued, however deep, has run by then. Timers would cost a millisecond. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
