import type { LiveFrame, Unsubscribe } from "./port.ts";

type Listener = (frame: LiveFrame) => void;

/** Who listens to which content topic. */
export class TopicListeners {
  private readonly byTopic = new Map<string, Set<{ readonly listener: Listener }>>();

  /** The same function added twice is called twice, and each returned function removes its own. */
  add(contentTopic: string, listener: Listener): Unsubscribe {
    const entry = { listener };
    const entries = this.byTopic.get(contentTopic) ?? new Set();
    entries.add(entry);
    this.byTopic.set(contentTopic, entries);
    return () => {
      if (entries.delete(entry) && entries.size === 0 && this.byTopic.get(contentTopic) === entries) {
        this.byTopic.delete(contentTopic);
      }
    };
  }

  has(contentTopic: string): boolean {
    return this.byTopic.has(contentTopic);
  }

  clear(): void {
    this.byTopic.clear();
  }

  emit(frame: LiveFrame): void {
    for (const { listener } of [...(this.byTopic.get(frame.contentTopic) ?? [])]) {
      callSafely(() => listener(frame));
    }
  }
}

/** Runs foreign code whose error must stop neither us nor the other listeners, and must not be swallowed either. */
export function callSafely(action: () => void): void {
  try {
    action();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
