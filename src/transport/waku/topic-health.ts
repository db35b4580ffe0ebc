import { createHealthSignal, type HealthSignal } from "../health-signal.ts";
import type { TransportHealth, Unsubscribe } from "../port.ts";

/** The health of single topics, told to those who asked for one. */
export interface TopicHealth {
  current(contentTopic: string): TransportHealth;
  onChange(contentTopic: string, listener: (health: TransportHealth) => void): Unsubscribe;
  /** Tells whoever listens to a topic whose health differs now. */
  update(): void;
  /** Forgets all listeners. */
  clear(): void;
}

/** `healthOf` says how it is just now. */
export function createTopicHealth(healthOf: (contentTopic: string) => TransportHealth): TopicHealth {
  const signals = new Map<string, { readonly signal: HealthSignal; listeners: number }>();

  return {
    current: healthOf,
    onChange: (contentTopic, listener) => {
      const known = signals.get(contentTopic);
      const entry = known ?? { signal: createHealthSignal(healthOf(contentTopic)), listeners: 0 };
      signals.set(contentTopic, entry);
      entry.listeners++;
      const stop = entry.signal.onChange(listener);
      let stopped = false;
      return () => {
        if (stopped) return;
        stopped = true;
        stop();
        if (--entry.listeners === 0) signals.delete(contentTopic);
      };
    },
    update: () => {
      for (const [contentTopic, { signal }] of [...signals]) signal.set(healthOf(contentTopic));
    },
    clear: () => {
      for (const { signal } of signals.values()) signal.clear();
      signals.clear();
    },
  };
}
