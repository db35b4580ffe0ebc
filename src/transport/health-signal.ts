import type { TransportHealth, Unsubscribe } from "./port.ts";
import { callSafely } from "./topic-listeners.ts";

/** Holds the current health and tells listeners of each change, once per change. */
export class HealthSignal {
  private current: TransportHealth;
  private readonly listeners = new Set<{ readonly listener: (health: TransportHealth) => void }>();

  constructor(initial: TransportHealth) {
    this.current = initial;
  }

  get value(): TransportHealth {
    return this.current;
  }

  set(health: TransportHealth): void {
    if (isSameHealth(this.current, health)) {
      return;
    }
    this.current = health;
    for (const { listener } of [...this.listeners]) {
      callSafely(() => listener(health));
    }
  }

  onChange(listener: (health: TransportHealth) => void): Unsubscribe {
    const entry = { listener };
    this.listeners.add(entry);
    return () => {
      this.listeners.delete(entry);
    };
  }

  /** Resolves at the next change, or after `timeoutMs`. */
  async nextChange(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let unsubscribe: Unsubscribe | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
      unsubscribe = this.onChange(() => resolve());
    });
    clearTimeout(timer);
    unsubscribe?.();
  }

  /** Forgets all listeners. */
  clear(): void {
    this.listeners.clear();
  }
}

function isSameHealth(left: TransportHealth, right: TransportHealth): boolean {
  if (left.kind === "online" && right.kind === "online") {
    return left.peers === right.peers;
  }
  if (left.kind === "offline" && right.kind === "offline") {
    return left.reason === right.reason;
  }
  return left.kind === right.kind;
}
