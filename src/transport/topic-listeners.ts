import { callSafely } from "../runtime/call-safely.ts";
import type { LiveFrame, Unsubscribe } from "./port.ts";

type Listener = (frame: LiveFrame) => void;

/** Who listens to which content topic. */
export interface TopicListeners {
  /** The same function added twice is called twice, and each returned function removes its own. */
  add(contentTopic: string, listener: Listener): Unsubscribe;
  has(contentTopic: string): boolean;
  clear(): void;
  /** Calls all listeners of the frame's topic. */
  emit(frame: LiveFrame): void;
}

export function createTopicListeners(): TopicListeners {
  const byTopic = new Map<string, Set<{ readonly listener: Listener }>>();

  return {
    add: (contentTopic, listener) => {
      const entry = { listener };
      const entries = byTopic.get(contentTopic) ?? new Set();
      entries.add(entry);
      byTopic.set(contentTopic, entries);
      return () => {
        const isLast = entries.delete(entry) && entries.size === 0;
        if (isLast && byTopic.get(contentTopic) === entries) byTopic.delete(contentTopic);
      };
    },
    has: (contentTopic) => byTopic.has(contentTopic),
    clear: () => byTopic.clear(),
    emit: (frame) => {
      for (const { listener } of [...(byTopic.get(frame.contentTopic) ?? [])]) callSafely(() => listener(frame));
    },
  };
}
