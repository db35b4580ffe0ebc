import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LogRow } from "../model/log-rows.ts";
import { type DrawnRows, nextPortion } from "./rows-in-portions.ts";

/** Takes 15 to 30 ms with its layout on a slow laptop, so that a key that is pressed meanwhile is answered in time. */
const PORTION = 20;

export interface RowsInPortions extends DrawnRows {
  /** Nothing was held back for this drawing: what is new in it is news. */
  readonly isNews: boolean;
}

/** Draws many rows in many short tasks, between which the page answers. */
export function useRowsInPortions(wanted: readonly LogRow[]): RowsInPortions {
  const drawn = useRef<readonly LogRow[]>([]);
  const wasComplete = useRef(true);
  const [, drawAgain] = useState(0);
  // Nobody waits for a page that nobody sees, and its timers are held back.
  const most = document.visibilityState === "hidden" ? Number.POSITIVE_INFINITY : PORTION;
  const next = nextPortion(drawn.current, wanted, most);
  const isNews = next.isComplete && wasComplete.current;
  useLayoutEffect(() => {
    drawn.current = next.rows;
    wasComplete.current = next.isComplete;
    if (isNews) return;
    return inATaskOfItsOwn(() => drawAgain((times) => times + 1));
  });
  return { ...next, isNews };
}

/** Sooner than a timer, which browsers hold back for milliseconds. */
function inATaskOfItsOwn(task: () => void): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    task();
  };
  port2.postMessage(null);
  return () => port1.close();
}
