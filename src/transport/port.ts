/**
 * Moves opaque payloads by content topic. It knows nothing of SDS, keys or participants.
 * Adapters: `memory`, `waku`. Every adapter passes `contract.ts`.
 */
export interface Transport {
  /**
   * Hands one payload to the network. Resolves only when at least one service node took it; the receipt's hash is the
   * Waku message hash under which a Store will have it. Rejects with `TransportError` otherwise; never hangs (timeout).
   * At most a fixed number are in flight at once, the rest wait their turn in order.
   */
  publish(frame: OutboundFrame): Promise<PublishReceipt>;
  /**
   * Calls `listener` for every payload seen live on the topic, this node's own included. Survives reconnects: once
   * called, it holds until the returned function is called. Never throws for being offline.
   */
  subscribe(contentTopic: string, listener: (frame: LiveFrame) => void): Unsubscribe;
  /**
   * Stored payloads of a topic, page by page. Rejects with `TransportError` when no Store answers, and when one gives what cannot
   * be: longer pages than were asked for, pages of nothing, times that go back. It may go on for as long as the Store likes; whoever
   * reads leaves off when it is not worth it.
   */
  queryHistory(query: HistoryQuery): AsyncIterable<HistoryPage>;
  /**
   * Whose Stores may be asked about a topic just now, the best first; the health of the topic changes whenever one comes or goes
   * that pushes it. What one of them gave says nothing of what another one has. Absent: there is one, without a name.
   */
  historySources?(contentTopic: string): readonly HistorySource[];
  /**
   * `contentTopic`: as far as this subscribed topic is concerned. What others are subscribed meanwhile changes nothing for it,
   * while the health of the whole is `online` only when it is for all of them.
   */
  health(contentTopic?: string): TransportHealth;
  /** Called with each new health, of the whole or of one topic; not called with the current one at once. */
  onHealth(listener: (health: TransportHealth) => void, contentTopic?: string): Unsubscribe;
  /**
   * Called when some of what was said in the last so many milliseconds may not have been pushed, although the health says
   * nothing of it: whoever wants it all reads that much of history again. Absent where that cannot be.
   */
  onDoubt?(listener: (agoMs: number) => void): Unsubscribe;
  /** Stops everything, leaves no timer and no socket. Idempotent. Pending publishes reject with `closed`. */
  close(): Promise<void>;
}

export type Unsubscribe = () => void;

/** A payload to be published, with what goes into the Waku message around it. */
export interface OutboundFrame {
  readonly contentTopic: string;
  readonly payload: Uint8Array;
  /** Waku payload version: 1 for 26/WAKU2-PAYLOAD. */
  readonly version: 0 | 1;
  /** True: a Store should not keep it. */
  readonly ephemeral: boolean;
  /** Milliseconds since the epoch, becomes the Waku timestamp. */
  readonly timestamp: number;
}

/** A payload that came, live or out of a Store. */
export interface InboundFrame {
  readonly contentTopic: string;
  readonly payload: Uint8Array;
  readonly version: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
  /**
   * Milliseconds since the epoch as the sender wrote it; `undefined` if it wrote none. Nobody signs it: whoever carries the
   * frame can write another one.
   */
  readonly timestamp: number | undefined;
  readonly ephemeral: boolean;
}

/** A payload that was pushed to us, which what comes out of a Store never was. */
export interface LiveFrame extends InboundFrame {
  /** Milliseconds since the epoch by this device's clock, uncorrected: when it was pushed, however long it waits then. */
  readonly arrivedAt: number;
}

/** That at least one service node took it. */
export interface PublishReceipt {
  /** 32-byte Waku message hash. */
  readonly hash: Uint8Array;
}

/** A service node that may have a Store. */
export interface HistorySource {
  /** The same for the same service node at any time. */
  readonly name: string;
  /** It pushes the topic to us, so what is said after it was read comes by itself. */
  readonly isLive: boolean;
}

/**
 * Stored payloads of a topic: of a span of time, or those of these Waku hashes (32 bytes each). `source`: of this one of
 * `historySources` only. Absent: of whichever answers; what one does not have of the hashes is asked of the next.
 */
export type HistoryQuery =
  | {
      readonly contentTopic: string;
      readonly source?: string;
      readonly by: "time";
      /** Inclusive, ms. */ readonly from: number;
      /** Exclusive, ms. */ readonly to: number;
      /** By Waku hash, what the caller has already: it need not be given. Absent: hardly anything of it. */
      readonly isHeld?: (hash: Uint8Array) => boolean;
      /** The page of the newest first, then the one before it, and so on; `isHeld` saves nothing then. Absent: the oldest first. */
      readonly newestFirst?: true;
    }
  | {
      readonly contentTopic: string;
      readonly source?: string;
      readonly by: "hash";
      readonly hashes: readonly Uint8Array[];
    };

/** Some of what a query found, oldest first in any case; nothing, if all that the Store listed in an answer is held. */
export interface HistoryPage {
  readonly frames: readonly InboundFrame[];
}

/**
 * - `online`: at least one service node takes what we publish and pushes what others do
 * - `checking`: as far as anybody knows it is the same, but none of them has answered for some seconds
 *
 * `reason` is for people: why it is offline; else what a service node does that it should not, or does not do. Absent: nothing.
 */
export type TransportHealth =
  | { readonly kind: "connecting"; readonly reason?: string }
  | { readonly kind: "online"; readonly peers: number; readonly reason?: string }
  | { readonly kind: "checking"; readonly peers: number; readonly reason?: string }
  | { readonly kind: "offline"; readonly reason: string }
  | { readonly kind: "closed" };

/** Whether what is published is taken and what others publish is pushed, as far as anybody knows. */
export function isOnline({ kind }: TransportHealth): boolean {
  return kind === "online" || kind === "checking";
}

/** What people are told of it; empty when there is nothing to tell. */
export function reasonOf(health: TransportHealth): string {
  return "reason" in health ? (health.reason ?? "") : "";
}

/**
 * - `offline`: no service node is connected
 * - `too-large`: more than the network takes (150 KiB)
 * - `rejected`: a service node refused it, on its own word alone: others may take it, or this one later
 * - `timeout`: nobody answered in time
 * - `closed`: the transport was closed
 * - `no-store`: no Store answers
 */
export type TransportErrorCode = "offline" | "too-large" | "rejected" | "timeout" | "closed" | "no-store";

/** `message` says what to do; `code` is stable. `retryable` is false when sending the same bytes again cannot help. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;
  readonly retryable: boolean;
  constructor(code: TransportErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code !== "too-large" && code !== "closed";
  }
}
