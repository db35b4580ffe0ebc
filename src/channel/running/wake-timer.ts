import type { Clock } from "../../runtime/port.ts";

/** Longest a timer is set for, so that a clock that jumps or a device that slept is noticed soon. */
export const MAX_WAKE_DELAY_MS = 60_000;

/** Wakes the protocol when something that it planned is due. */
export interface WakeTimer {
  /** What is planned may have changed. Looked at once for all steps of one turn of the event loop. */
  plan(): void;
  /** No more wakes. */
  close(): void;
}

export interface WakeTimerOptions {
  readonly clock: Clock;
  /** Wall time at which it wants to be woken; Infinity when nothing is planned. */
  readonly nextAt: (now: number) => number;
  readonly wake: () => void;
}

/** A timer that runs; both in milliseconds since the epoch, by the clock. */
interface Armed {
  readonly since: number;
  readonly at: number;
  readonly cancel: () => void;
}

/**
 * With most that comes in, what is planned is put off, and in a browser setting a timer costs more than a step of the protocol. So
 * one that runs out sooner than needed is left to run, and the plan is looked at again then.
 */
export function createWakeTimer({ clock, nextAt, wake }: WakeTimerOptions): WakeTimer {
  let armed: Armed | null = null;
  let plannedAt = 0;
  let planned = false;
  let closed = false;

  function look(): void {
    planned = false;
    if (closed) return;
    plannedAt = clock.now();
    armBy(plannedAt, plannedAt);
  }

  function armBy(now: number, lastPlanAt: number): void {
    const at = Math.min(lastPlanAt + MAX_WAKE_DELAY_MS, Math.max(now, nextAt(now)));
    // When a timer runs out whose clock was set since, nobody knows.
    if (armed !== null && armed.since <= now && now <= armed.at && armed.at <= at) return;
    armed?.cancel();
    armed = { since: now, at, cancel: clock.schedule(at - now, runOut) };
  }

  function runOut(): void {
    armed = null;
    const now = clock.now();
    const isQuiet = plannedAt <= now && now < plannedAt + MAX_WAKE_DELAY_MS;
    if (isQuiet && nextAt(now) > now) armBy(now, plannedAt);
    else wake();
  }

  return {
    plan: () => {
      if (planned) return;
      planned = true;
      void Promise.resolve().then(look);
    },
    close: () => {
      closed = true;
      armed?.cancel();
    },
  };
}
