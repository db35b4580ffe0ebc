import { callSafely } from "../../runtime/call-safely.ts";

/** A set of callbacks. The same function added twice is called twice; a listener removed during a call is skipped. */
export interface Listeners<T> {
  readonly size: number;
  add(listener: (value: T) => void): () => void;
  call(value: T): void;
  clear(): void;
}

export function createListeners<T>(): Listeners<T> {
  const entries = new Set<{ readonly listener: (value: T) => void }>();
  return {
    get size() {
      return entries.size;
    },
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    call(value) {
      for (const entry of [...entries]) if (entries.has(entry)) callSafely(() => entry.listener(value));
    },
    clear: () => entries.clear(),
  };
}
