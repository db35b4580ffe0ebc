import type { RuntimePortLike } from "../ports/runtime-port.ts";

type Listener<T> = (value: T) => void;

class PortEnd {
  readonly messages = new Set<Listener<unknown>>();
  readonly ends = new Set<Listener<never>>();
  isOpen = true;
}

/**
 * Two connected ends that behave as an extension's do: messages are JSON and come later, in order; `disconnect` tells
 * the other end only; posting to a port that is gone throws.
 */
export function runtimePortPair(): readonly [RuntimePortLike, RuntimePortLike] {
  const [a, b] = [new PortEnd(), new PortEnd()];
  return [view(a, b), view(b, a)];
}

function view(own: PortEnd, other: PortEnd): RuntimePortLike {
  return {
    postMessage(message) {
      if (!own.isOpen) throw new Error("Attempting to use a disconnected port object");
      const json = JSON.stringify(message);
      setTimeout(() => {
        if (other.isOpen) for (const listener of [...other.messages]) listener(JSON.parse(json));
      }, 0);
    },
    disconnect() {
      own.isOpen = false;
      setTimeout(() => {
        if (!other.isOpen) return;
        other.isOpen = false;
        for (const listener of [...other.ends]) listener(undefined as never);
      }, 0);
    },
    onMessage: eventOf(own.messages),
    onDisconnect: eventOf(own.ends),
  };
}

function eventOf<T>(listeners: Set<Listener<T>>) {
  return {
    addListener: (listener: Listener<T>) => void listeners.add(listener),
    removeListener: (listener: Listener<T>) => void listeners.delete(listener),
  };
}

/** Resolves when all that was posted or closed before has arrived, and what was answered to that too: timers keep their order. */
export async function carried(): Promise<void> {
  for (let way = 0; way < 2; way++) await new Promise((resolve) => setTimeout(resolve));
}
