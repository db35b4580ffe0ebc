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

export function createWakeTimer({ clock, nextAt, wake }: WakeTimerOptions): WakeTimer {
  let cancel = (): void => {};
  let planned = false;
  let closed = false;

  return {
    plan: () => {
      if (planned) return;
      planned = true;
      void Promise.resolve().then(() => {
        planned = false;
        cancel();
        if (closed) return;
        const now = clock.now();
        cancel = clock.schedule(Math.min(MAX_WAKE_DELAY_MS, Math.max(0, nextAt(now) - now)), wake);
      });
    },
    close: () => {
      closed = true;
      cancel();
    },
  };
}
