import { Buffer } from "node:buffer";
import {
  evictionTarget,
  type MessageFilter,
  type MessagePage,
  type MessageStore,
  type PageRequest,
  type StoredMessage,
  type StoreLimits,
  storedSize,
} from "./message-store.ts";

export const MEMORY_STORE_LIMITS: StoreLimits = { maxMessages: 50_000, maxBytes: 256 * 1024 * 1024 };

interface Entry extends StoredMessage {
  readonly key: string;
}

/** Keeps the newest messages in memory, up to the limits; the oldest go first. */
export class MemoryMessageStore implements MessageStore {
  private readonly limits: StoreLimits;
  private readonly byKey = new Map<string, Entry>();
  private readonly ordered: Entry[] = [];
  private heldBytes = 0;

  constructor(limits: Partial<StoreLimits> = {}) {
    this.limits = { ...MEMORY_STORE_LIMITS, ...limits };
  }

  get size(): number {
    return this.ordered.length;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  insert(message: StoredMessage): boolean {
    const key = keyOf(message.hash);
    if (this.byKey.has(key)) {
      return false;
    }
    const entry: Entry = { ...message, key };
    this.ordered.splice(this.firstIndexFrom(entry.timestamp, key), 0, entry);
    this.byKey.set(key, entry);
    this.heldBytes += storedSize(entry);
    this.evict();
    return this.byKey.has(key);
  }

  byHash(hash: Uint8Array): StoredMessage | undefined {
    return this.byKey.get(keyOf(hash));
  }

  page(request: PageRequest): MessagePage | undefined {
    const cursor = request.cursor === undefined ? undefined : this.byKey.get(keyOf(request.cursor));
    if (request.cursor !== undefined && cursor === undefined) {
      return undefined;
    }
    return request.forward ? this.pageForward(request, cursor) : this.pageBackward(request, cursor);
  }

  expire(before: bigint): number {
    const count = this.firstIndexFrom(before, "");
    this.removeOldest(count);
    return count;
  }

  close(): void {
    this.byKey.clear();
    this.ordered.length = 0;
    this.heldBytes = 0;
  }

  private pageForward(request: PageRequest, cursor: Entry | undefined): MessagePage {
    const { timeStart } = request.filter;
    let index = timeStart === undefined ? 0 : this.firstIndexFrom(timeStart, "");
    if (cursor !== undefined) {
      index = Math.max(index, this.firstIndexFrom(cursor.timestamp, cursor.key) + 1);
    }
    return this.collect(request, index, 1);
  }

  private pageBackward(request: PageRequest, cursor: Entry | undefined): MessagePage {
    const { timeEnd } = request.filter;
    let index = (timeEnd === undefined ? this.ordered.length : this.firstIndexFrom(timeEnd, "")) - 1;
    if (cursor !== undefined) {
      index = Math.min(index, this.firstIndexFrom(cursor.timestamp, cursor.key) - 1);
    }
    const page = this.collect(request, index, -1);
    return { ...page, messages: page.messages.toReversed() };
  }

  private collect(request: PageRequest, from: number, direction: 1 | -1): MessagePage {
    const messages: Entry[] = [];
    let bytes = 0;
    for (let index = from; index >= 0 && index < this.ordered.length; index += direction) {
      const entry = this.ordered[index] as Entry;
      if (isBeyond(entry, request.filter, direction)) {
        break;
      }
      if (!matches(entry, request.filter)) {
        continue;
      }
      bytes += storedSize(entry);
      if (messages.length === request.limit || (messages.length > 0 && bytes > request.maxBytes)) {
        return { messages, more: true };
      }
      messages.push(entry);
    }
    return { messages, more: false };
  }

  /** The index of the first entry at or after (timestamp, key) in the order of the store. */
  private firstIndexFrom(timestamp: bigint, key: string): number {
    let low = 0;
    let high = this.ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.ordered[middle] as Entry;
      const isBefore = entry.timestamp < timestamp || (entry.timestamp === timestamp && entry.key < key);
      if (isBefore) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private evict(): void {
    const target = this.ordered.length > this.limits.maxMessages ? evictionTarget(this.limits) : this.ordered.length;
    let count = 0;
    let bytes = this.heldBytes;
    for (const entry of this.ordered) {
      if (this.ordered.length - count <= target && bytes <= this.limits.maxBytes) {
        break;
      }
      bytes -= storedSize(entry);
      count += 1;
    }
    this.removeOldest(count);
  }

  private removeOldest(count: number): void {
    for (const entry of this.ordered.splice(0, count)) {
      this.byKey.delete(entry.key);
      this.heldBytes -= storedSize(entry);
    }
  }
}

function matches(entry: Entry, filter: MessageFilter): boolean {
  const { pubsubTopic, contentTopics } = filter;
  return (
    (pubsubTopic === undefined || entry.pubsubTopic === pubsubTopic) &&
    (contentTopics.length === 0 || contentTopics.includes(entry.message.contentTopic))
  );
}

/** True where no later entry in the walk's direction can lie inside the time range. */
function isBeyond(entry: Entry, filter: MessageFilter, direction: 1 | -1): boolean {
  if (direction === 1) {
    return filter.timeEnd !== undefined && entry.timestamp >= filter.timeEnd;
  }
  return filter.timeStart !== undefined && entry.timestamp < filter.timeStart;
}

function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("hex");
}
