import { callSafely } from "../../runtime/call-safely.ts";
import { createListeners } from "../ports/listeners.ts";
import type { Stream } from "./stream-table.ts";

/** A state that several listeners of this page watch through one subscription. */
export interface ValueFeed<T> {
  /** Called at once when a value is known, and with each that comes. */
  watch(listener: (value: T) => void): () => void;
  /** The latest value, while anybody watches. */
  latest(): T | null;
  /** Tells a value: one that came, or one that the page itself concludes. */
  offer(value: T): void;
}

export function createValueFeed<T>(openStream: () => Stream): ValueFeed<T> {
  const listeners = createListeners<T>();
  let stream: Stream | null = null;
  let latest: { readonly value: T } | null = null;

  return {
    watch(listener) {
      const remove = listeners.add(listener);
      stream ??= openStream();
      const known = latest;
      if (known !== null) callSafely(() => listener(known.value));
      return () => {
        remove();
        if (listeners.size > 0) return;
        stream?.close();
        stream = null;
        latest = null;
      };
    },
    latest: () => latest?.value ?? null,
    offer(value) {
      if (listeners.size === 0) return;
      latest = { value };
      listeners.call(value);
    },
  };
}
