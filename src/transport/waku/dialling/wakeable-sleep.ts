import type { Clock } from "../../../runtime/port.ts";

/** A sleep that can be cut short; waking one that nobody sleeps makes the next sleep return at once. */
export interface WakeableSleep {
  sleep(ms: number): Promise<void>;
  wake(): void;
}

export function createWakeableSleep(clock: Clock): WakeableSleep {
  let woken = false;
  let finish: (() => void) | undefined;

  return {
    sleep: async (ms) => {
      if (woken) {
        woken = false;
        return;
      }
      await new Promise<void>((resolve) => {
        const cancel = clock.schedule(ms, resolve);
        finish = () => {
          cancel();
          resolve();
        };
      });
      finish = undefined;
    },
    wake: () => {
      if (finish === undefined) woken = true;
      else finish();
    },
  };
}
