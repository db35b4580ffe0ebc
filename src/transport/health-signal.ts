import { callSafely } from "../runtime/call-safely.ts";
import { reasonOf, type TransportHealth, type Unsubscribe } from "./port.ts";

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
  return left.kind === right.kind && peersOf(left) === peersOf(right) && reasonOf(left) === reasonOf(right);
}

function peersOf(health: TransportHealth): number {
  return "peers" in health ? health.peers : 0;
}
