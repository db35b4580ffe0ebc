import type { WakuMessage } from "../../src/transport/waku/wire.ts";

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
  /** Stop before the sizes of the payloads exceed this, yet return at least one message. */
  readonly maxBytes: number;
}

export interface MessagePage {
  /** In forward order, whichever way the pages go. */
  readonly messages: readonly StoredMessage[];
  readonly more: boolean;
}

/** What the Store protocol needs of its archive. Order is by timestamp, then hash. Synchronous, as SQLite in Node is. */
export interface MessageStore {
  /** False when the hash is already there, or when it is older than all that a full store holds. */
  insert(message: StoredMessage): boolean;
  byHash(hash: Uint8Array): StoredMessage | undefined;
  /** `undefined` when the cursor is unknown. */
  page(request: PageRequest): MessagePage | undefined;
  readonly size: number;
  close(): void;
}
