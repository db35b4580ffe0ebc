import { type WakuMessage, wakuMessageHash } from "../../../src/transport/waku/wire/wire.ts";
import { NANOSECONDS_PER_MILLISECOND } from "../limits/time-units.ts";
import type { MessageStore } from "./message-store.ts";

const EXPIRY_INTERVAL_MS = 60_000;
const FAILURE_LOG_INTERVAL_MS = 60_000;

/**
 * Feeds a message store with what the relay hears, and lets go of what is too old. A store that fails (a full disk, say)
 * costs the history, never the delivery: the failure is logged and the node goes on.
 */
export class Archive {
  private readonly store: MessageStore;
  private readonly maxAgeMs: number;
  private readonly log: (line: string) => void;
  private readonly timer: NodeJS.Timeout;
  private failureLoggedAt = Number.NEGATIVE_INFINITY;

  /** Removes what is older than `maxAgeMs` at once and every minute; `Infinity`: never. */
  constructor(store: MessageStore, maxAgeMs: number, log: (line: string) => void) {
    this.store = store;
    this.maxAgeMs = maxAgeMs;
    this.log = log;
    this.timer = setInterval(() => this.expire(), EXPIRY_INTERVAL_MS);
    this.timer.unref();
    this.expire();
  }

  /** Ephemeral messages are not kept (specification 14). */
  add(pubsubTopic: string, message: WakuMessage): void {
    if (message.ephemeral === true) {
      return;
    }
    const hash = wakuMessageHash(message, pubsubTopic);
    const timestamp = message.timestamp ?? BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
    this.attempt("keep a message", () => this.store.insert({ hash, pubsubTopic, message, timestamp }));
  }

  close(): void {
    clearInterval(this.timer);
    this.attempt("close", () => this.store.close());
  }

  private expire(): void {
    if (Number.isFinite(this.maxAgeMs)) {
      const before = BigInt(Math.trunc(Date.now() - this.maxAgeMs)) * NANOSECONDS_PER_MILLISECOND;
      this.attempt("remove old messages", () => this.store.expire(before));
    }
  }

  private attempt(what: string, action: () => unknown): void {
    try {
      action();
    } catch (error) {
      if (Date.now() - this.failureLoggedAt >= FAILURE_LOG_INTERVAL_MS) {
        this.failureLoggedAt = Date.now();
        this.log(`the message store could not ${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
