import type { WakuMessage } from "../../../src/transport/waku/wire/wire.ts";

/** A message as the Store keeps it. */
export interface StoredMessage {
  /** 32-byte Waku message hash, the key. */
  readonly hash: Uint8Array;
  readonly pubsubTopic: string;
  readonly message: WakuMessage;
  /** Nanoseconds since the epoch: the sender's timestamp, or the time of arrival if the sender wrote none. */
  readonly timestamp: bigint;
}

export interface MessageFilter {
  readonly pubsubTopic: string | undefined;
  /** Empty: all content topics. */
  readonly contentTopics: readonly string[];
  /** Inclusive, nanoseconds. */
  readonly timeStart: bigint | undefined;
  /** Exclusive, nanoseconds. */
  readonly timeEnd: bigint | undefined;
}

export interface PageRequest {
  readonly filter: MessageFilter;
  /** The hash of the last message of the page before; exclusive. */
  readonly cursor: Uint8Array | undefined;
  readonly forward: boolean;
  /** At most this many messages. */
  readonly limit: number;
  /** Stop before the sizes of the messages (`storedSize`) exceed this, yet return at least one message. */
  readonly maxBytes: number;
}

export interface MessagePage {
  /** In forward order, whichever way the pages go. */
  readonly messages: readonly StoredMessage[];
  readonly more: boolean;
}

/** What a store may hold; beyond either, the oldest messages go. */
export interface StoreLimits {
  readonly maxMessages: number;
  /** Sum of `storedSize`. */
  readonly maxBytes: number;
}

/**
 * What the Store protocol needs of its archive. Order is by timestamp, then hash as bytes. Synchronous, as SQLite in
 * Node is: a message is kept when `insert` returns.
 */
export interface MessageStore {
  /** False when the hash is already there, or when it is older than all that a full store holds. */
  insert(message: StoredMessage): boolean;
  byHash(hash: Uint8Array): StoredMessage | undefined;
  /** `undefined` when the cursor is unknown. */
  page(request: PageRequest): MessagePage | undefined;
  /** Removes everything with a timestamp before `before` (nanoseconds); returns how many. */
  expire(before: bigint): number;
  /** Messages held. */
  readonly size: number;
  /** Sum of `storedSize` of the messages held. */
  readonly bytes: number;
  /** The store cannot be used afterwards. Idempotent. */
  close(): void;
}

/** The bytes by which limits count a message: those that its sender chose. Rows and indexes come on top. */
export function storedSize({ message }: StoredMessage): number {
  return message.payload.length + message.contentTopic.length;
}

/** Evicting one by one would cost each insert into a full store an eviction; a batch spreads that. */
const EVICTION_DIVISOR = 100;

/** How many messages a store that outgrew `maxMessages` is cut back to. */
export function evictionTarget({ maxMessages }: StoreLimits): number {
  return maxMessages - Math.floor(maxMessages / EVICTION_DIVISOR);
}
