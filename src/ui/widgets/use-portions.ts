import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Keyed, nextPortion, type Portion } from "./portions.ts";

export interface Portions<Row extends Keyed> extends Portion<Row> {
  /** Nothing was held back for this drawing: what is new in it is news. */
  readonly isNews: boolean;
}

/**
 * Draws many rows in many short tasks, between which the page answers.
 * @param most so many in one task; about 30 ms of it with their layout, on a slow laptop
 * @param looksAlike a function that stays the same
 */
export function usePortions<Row extends Keyed>(
  wanted: readonly Row[],
  most: number,
  looksAlike: (before: Row, after: Row) => boolean,
): Portions<Row> {
  const drawn = useRef<readonly Row[]>([]);
  const wasComplete = useRef(true);
  const [, drawAgain] = useState(0);
  // Nobody waits for a page that nobody sees, and its tasks are held back.
  const mostNow = document.visibilityState === "hidden" ? Number.POSITIVE_INFINITY : most;
  const next = nextPortion(drawn.current, wanted, mostNow, looksAlike);
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
