import { EVENT_WINDOW } from "../protocol/protocol.ts";
import type { Pump } from "./event-pump.ts";

/** What is true only as it comes: a consumer that falls behind misses some of it, and it costs no memory here. */
export function createLivePump<T>(watch: (listener: (value: T) => void) => () => void, post: (value: T) => void): Pump {
  let underWay = 0;
  const unwatch = watch((value) => {
    if (underWay >= EVENT_WINDOW) return;
    underWay++;
    post(value);
  });
  return {
    received(count) {
      underWay = Math.max(0, underWay - count);
    },
    stop: unwatch,
  };
}
