import { proto_message } from "@waku/proto";
import type { Database, Statement } from "better-sqlite3";
import {
  evictionTarget,
  type MessagePage,
  type MessageStore,
  type PageRequest,
  type StoredMessage,
  type StoreLimits,
  storedSize,
} from "./message-store.ts";
import { type Place, rangeOf } from "./page-range.ts";

export const SQLITE_STORE_LIMITS: StoreLimits = { maxMessages: 1_000_000, maxBytes: 1024 * 1024 * 1024 };

interface Key extends Place {
  readonly id: bigint;
  readonly bytes: bigint;
}

interface Row {
  readonly hash: Uint8Array;
  readonly timestamp: bigint;
  readonly pubsub_topic: string;
  readonly message: Uint8Array;
}

/** Keeps messages in an open database that `prepareDatabase` has set up. Pages exactly as the memory store does. */
export class SqliteMessageStore implements MessageStore {
  private readonly database: Database;
  private readonly limits: StoreLimits;
  private readonly statements = new Map<string, Statement>();
  private heldMessages: number;
  private heldBytes: number;

  constructor(database: Database, limits: Partial<StoreLimits> = {}) {
    this.database = database;
    this.limits = { ...SQLITE_STORE_LIMITS, ...limits };
    const totals = this.totals("TRUE");
    this.heldMessages = totals.messages;
    this.heldBytes = totals.bytes;
    this.evict();
  }

  get size(): number {
    return this.heldMessages;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  insert(stored: StoredMessage): boolean {
    const { hash, pubsubTopic, message, timestamp } = stored;
    const sql = `INSERT INTO messages (hash, timestamp, pubsub_topic, content_topic, message, bytes)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`;
    const encoded = proto_message.WakuMessage.encode(message);
    const bytes = storedSize(stored);
    const { changes } = this.statement(sql).run(hash, timestamp, pubsubTopic, message.contentTopic, encoded, bytes);
    if (changes === 0) {
      return false;
    }
    this.heldMessages += 1;
    this.heldBytes += bytes;
    return this.evict() === 0 || this.timestampOf(hash) !== undefined;
  }

  byHash(hash: Uint8Array): StoredMessage | undefined {
    const row = this.statement(`SELECT ${COLUMNS} FROM messages WHERE hash = ?`).get(hash) as Row | undefined;
    return row === undefined ? undefined : storedMessageOf(row);
  }

  page(request: PageRequest): MessagePage | undefined {
    const timestamp = request.cursor === undefined ? undefined : this.timestampOf(request.cursor);
    if (request.cursor !== undefined && timestamp === undefined) {
      return undefined;
    }
    const cursor =
      request.cursor === undefined || timestamp === undefined ? undefined : { timestamp, hash: request.cursor };
    const keys: Key[] = [];
    let bytes = 0;
    for (const key of this.keys(request, cursor)) {
      bytes += Number(key.bytes);
      if (keys.length === request.limit || (keys.length > 0 && bytes > request.maxBytes)) {
        return { messages: this.read(keys, request.forward), more: true };
      }
      keys.push(key);
    }
    return { messages: this.read(keys, request.forward), more: false };
  }

  expire(before: bigint): number {
    const { messages, bytes } = this.totals("timestamp < ?", before);
    if (messages > 0) {
      this.statement("DELETE FROM messages WHERE timestamp < ?").run(before);
      this.heldMessages -= messages;
      this.heldBytes -= bytes;
    }
    return messages;
  }

  close(): void {
    this.database.close();
  }

  /** One more than the page may hold, in the direction of the walk. */
  private keys(request: PageRequest, cursor: Place | undefined): Key[] {
    const { contentTopics } = request.filter;
    if (contentTopics.length === 0) {
      return this.keysOf(request, cursor, undefined);
    }
    // One walk along the index per topic, merged here: the index has an order within a topic, not across topics.
    const keys = [...new Set(contentTopics)].flatMap((topic) => this.keysOf(request, cursor, topic));
    const sign = request.forward ? 1 : -1;
    return keys.sort((left, right) => sign * comparePlaces(left, right)).slice(0, request.limit + 1);
  }

  private keysOf(request: PageRequest, cursor: Place | undefined, contentTopic: string | undefined): Key[] {
    const { pubsubTopic } = request.filter;
    const { after, before } = rangeOf(request, cursor);
    const order = request.forward ? "ASC" : "DESC";
    const sql = `SELECT id, timestamp, hash, bytes FROM messages
      WHERE (timestamp, hash) > (?, ?) AND (timestamp, hash) < (?, ?)
      ${contentTopic === undefined ? "" : "AND content_topic = ?"} ${pubsubTopic === undefined ? "" : "AND pubsub_topic = ?"}
      ORDER BY timestamp ${order}, hash ${order} LIMIT ?`;
    const topics = [contentTopic, pubsubTopic].filter((topic) => topic !== undefined);
    const places = [after.timestamp, after.hash, before.timestamp, before.hash];
    return this.statement(sql).all(...places, ...topics, request.limit + 1) as Key[];
  }

  private read(keys: readonly Key[], forward: boolean): StoredMessage[] {
    const statement = this.statement(`SELECT ${COLUMNS} FROM messages WHERE id = ?`);
    const messages = keys.map(({ id }) => storedMessageOf(statement.get(id) as Row));
    return forward ? messages : messages.reverse();
  }

  private timestampOf(hash: Uint8Array): bigint | undefined {
    const row = this.statement("SELECT timestamp FROM messages WHERE hash = ?").get(hash);
    return (row as { timestamp: bigint } | undefined)?.timestamp;
  }

  /** Brings a store that is too large back within its limits; returns how many messages had to go. */
  private evict(): number {
    const { maxMessages, maxBytes } = this.limits;
    const target = this.heldMessages > maxMessages ? evictionTarget(this.limits) : this.heldMessages;
    if (this.heldMessages <= target && this.heldBytes <= maxBytes) {
      return 0;
    }
    let [messages, bytes] = [this.heldMessages, this.heldBytes];
    let last: Key | undefined;
    const oldest = this.statement("SELECT id, timestamp, hash, bytes FROM messages ORDER BY timestamp, hash");
    for (const key of oldest.iterate() as IterableIterator<Key>) {
      if (messages <= target && bytes <= maxBytes) {
        break;
      }
      messages -= 1;
      bytes -= Number(key.bytes);
      last = key;
    }
    if (last !== undefined) {
      const sql = "DELETE FROM messages WHERE (timestamp, hash) <= (?, ?)";
      this.statement(sql).run(last.timestamp, last.hash);
    }
    const evicted = this.heldMessages - messages;
    this.heldMessages = messages;
    this.heldBytes = bytes;
    return evicted;
  }

  private totals(where: string, ...values: bigint[]): { messages: number; bytes: number } {
    const sql = `SELECT COUNT(*) AS messages, COALESCE(SUM(bytes), 0) AS bytes FROM messages WHERE ${where}`;
    const row = this.statement(sql).get(...values) as { messages: bigint; bytes: bigint };
    return { messages: Number(row.messages), bytes: Number(row.bytes) };
  }

  private statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      // Nanoseconds do not fit into a number.
      statement = this.database.prepare(sql).safeIntegers();
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

const COLUMNS = "hash, timestamp, pubsub_topic, message";

function storedMessageOf(row: Row): StoredMessage {
  return {
    hash: plain(row.hash),
    pubsubTopic: row.pubsub_topic,
    message: proto_message.WakuMessage.decode(plain(row.message)),
    timestamp: row.timestamp,
  };
}

/** The driver gives Buffers, which slice and print unlike the arrays that the memory store gives back. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function comparePlaces(left: Place, right: Place): number {
  if (left.timestamp !== right.timestamp) {
    return left.timestamp < right.timestamp ? -1 : 1;
  }
  return Buffer.compare(left.hash, right.hash);
}
