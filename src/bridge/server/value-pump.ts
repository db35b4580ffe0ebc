import type { Pump } from "./event-pump.ts";

/** A state of which only the latest counts: one value is under way at a time, newer ones replace each other meanwhile. */
export function createValuePump<T>(
  watch: (listener: (value: T) => void) => () => void,
  post: (value: T) => void,
): Pump {
  let waiting: { readonly value: T } | null = null;
  let underWay = false;
  let stopped = false;

  function offer(value: T): void {
    if (stopped) return;
    if (underWay) {
      waiting = { value };
      return;
    }
    underWay = true;
    post(value);
  }

  const unwatch = watch(offer);
  return {
    received() {
      underWay = false;
      if (waiting === null) return;
      const { value } = waiting;
      waiting = null;
      offer(value);
    },
    stop() {
      stopped = true;
      waiting = null;
      unwatch();
    },
  };
}
