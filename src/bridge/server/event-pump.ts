import type { ChannelClient, ChannelEvent } from "../../channel/api/channel-client.ts";
import { EVENT_WINDOW } from "../protocol/protocol.ts";

/** A subscription as the server keeps it: `received` gives room back, `stop` releases it. */
export interface Pump {
  received(count: number): void;
  stop(): void;
}

/**
 * Events of one subscription, at most `EVENT_WINDOW` of them under way. A consumer that falls behind is unsubscribed and
 * caught up from the ledger when it has taken half of them, so a slow tab costs no memory here.
 */
export function createEventPump(client: ChannelClient, afterSeq: number, post: (event: ChannelEvent) => void): Pump {
  let seq = afterSeq;
  let underWay = 0;
  /** Events of an earlier subscription of this pump are late, and come again. */
  let generation = 0;
  let unsubscribe: (() => void) | null = null;

  function start(): void {
    const current = ++generation;
    const end = client.subscribe(seq, (event) => {
      if (current !== generation) return;
      seq = event.seq;
      post(event);
      if (++underWay >= EVENT_WINDOW) pause();
    });
    if (current === generation) unsubscribe = end;
    else end();
  }

  function pause(): void {
    generation++;
    unsubscribe?.();
    unsubscribe = null;
  }

  let stopped = false;
  start();
  return {
    received(count) {
      underWay = Math.max(0, underWay - count);
      if (!stopped && unsubscribe === null && underWay <= EVENT_WINDOW / 2) start();
    },
    stop() {
      stopped = true;
      pause();
    },
  };
}
