import { callSafely } from "../../runtime/call-safely.ts";

/** Who wants to hear something. One that throws keeps nobody else from hearing. */
export interface Listeners<T> {
  /** Returns what ends it. */
  add(listener: (value: T) => void): () => void;
  tell(value: T): void;
}

export function createListeners<T>(): Listeners<T> {
  // Each call is a listener of its own, also of a function that listens already.
  const all = new Set<{ readonly call: (value: T) => void }>();
  return {
    add: (call) => {
      const listener = { call };
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell: (value) => {
      for (const { call } of [...all]) callSafely(() => call(value));
    },
  };
}
