import { callSafely } from "../runtime/call-safely.ts";
import type { TransportHealth, Unsubscribe } from "./port.ts";

/** Holds the current health and tells listeners of each change, once per change. */
export interface HealthSignal {
  current(): TransportHealth;
  set(health: TransportHealth): void;
  onChange(listener: (health: TransportHealth) => void): Unsubscribe;
  /** Forgets all listeners. */
  clear(): void;
}

export function createHealthSignal(initial: TransportHealth): HealthSignal {
  const listeners = new Set<{ readonly listener: (health: TransportHealth) => void }>();
  let current = initial;

  return {
    current: () => current,
    set: (health) => {
      if (isSameHealth(current, health)) return;
      current = health;
      for (const { listener } of [...listeners]) callSafely(() => listener(health));
    },
    onChange: (listener) => {
      const entry = { listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    clear: () => listeners.clear(),
  };
}

function isSameHealth(left: TransportHealth, right: TransportHealth): boolean {
  if (left.kind === "online" && right.kind === "online") return left.peers === right.peers;
  if (left.kind === "checking" && right.kind === "checking") return left.peers === right.peers;
  if (left.kind === "offline" && right.kind === "offline") return left.reason === right.reason;
  return left.kind === right.kind;
}
