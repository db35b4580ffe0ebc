import { createListeners } from "../ports/listeners.ts";
import type { Stream } from "./stream-table.ts";

/** What several listeners of this page hear through one subscription as it comes, and never again. */
export interface LiveFeed<T> {
  watch(listener: (value: T) => void): () => void;
  /** Tells what came. */
  offer(value: T): void;
}

export function createLiveFeed<T>(openStream: () => Stream): LiveFeed<T> {
  const listeners = createListeners<T>();
  let stream: Stream | null = null;

  return {
    watch(listener) {
      const remove = listeners.add(listener);
      stream ??= openStream();
      return () => {
        remove();
        if (listeners.size > 0) return;
        stream?.close();
        stream = null;
      };
    },
    offer: (value) => listeners.call(value),
  };
}
