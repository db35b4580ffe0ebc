import type { HoleRecord, MessageRecord, OutboxRecord, ParticipantRecord } from "../../sds/io/records.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { DeviceRecord } from "../port.ts";
import type { RecentChannel } from "../recent-channel.ts";
import { bodyKey } from "./body-key.ts";
import { toMeta } from "./load-channel.ts";
import { foldMessages, isOnlyGone } from "./message-packs.ts";
import { CHANNEL_STORES, type MessagePack, type MessageRow, newestVersion, type Space, versionOf } from "./schema.ts";
import { channelRange, transact } from "./transaction.ts";

export interface ReadRecentOptions {
  readonly name: string;
  /** Null: the only one there is. */
  readonly channel: ChannelId | null;
  /** Bodies are read of this many messages. */
  readonly bodies: number;
  readonly indexedDB?: IDBFactory;
  readonly IDBKeyRange?: typeof IDBKeyRange;
}

/** Messages read besides those whose bodies are: what was said about the shown ones is in their successors, and some are no chat. */
const MESSAGES_PER_BODY = 3;

/**
 * Reads the newest messages of a channel, past whoever writes the database and without its connection: what is wanted while that one
 * still starts. Costs the same however long the history is. Null when there is no such database or channel, when it is of
 * another version, and when `channel` leaves open which of several. "Newest" are the last ones written, the highest Lamport timestamps
 * among them: nearly always the same.
 */
export async function readRecent(options: ReadRecentOptions): Promise<RecentChannel | null> {
  const db = await openExisting(options.indexedDB ?? indexedDB, options.name);
  if (db === null) return null;
  // An update must not wait for this.
  db.onversionchange = () => db.close();
  try {
    if (versionOf(db) !== newestVersion()) return null;
    const channel = options.channel ?? (await onlyChannel(db));
    if (channel === null) return null;
    return await read(db, options.IDBKeyRange ?? IDBKeyRange, { channel, bodies: options.bodies });
  } finally {
    db.close();
  }
}

function openExisting(factory: IDBFactory, name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const opening = factory.open(name);
    // There is none, and this is not the one to make it.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = (event) => {
      event.preventDefault();
      resolve(null);
    };
  });
}

/** Null when there is none, or several. */
function onlyChannel(db: IDBDatabase): Promise<ChannelId | null> {
  const plan = { stores: ["device"], mode: "readonly", durability: "relaxed" } as const;
  return transact(db, plan, (transaction) => {
    const channels: IDBRequest<IDBValidKey[]> = transaction.objectStore("device").getAllKeys(null, 2);
    return () => {
      const [channel] = channels.result;
      return channels.result.length === 1 && typeof channel === "string" ? (channel as ChannelId) : null;
    };
  });
}

function read(
  db: IDBDatabase,
  KeyRange: typeof IDBKeyRange,
  wanted: { readonly channel: ChannelId; readonly bodies: number },
): Promise<RecentChannel | null> {
  const plan = { stores: [...CHANNEL_STORES, "space", "device"], mode: "readonly", durability: "relaxed" } as const;
  return transact<RecentChannel | null>(db, plan, (transaction) => {
    const space: IDBRequest<Space | undefined> = transaction.objectStore("space").get(wanted.channel);
    let collect = (): RecentChannel | null => null;
    space.onsuccess = () => {
      if (space.result !== undefined) collect = readIn(transaction, KeyRange, { ...wanted, space: space.result });
    };
    return () => collect();
  });
}

function readIn(
  transaction: IDBTransaction,
  KeyRange: typeof IDBKeyRange,
  { channel, space, bodies: wanted }: { readonly channel: ChannelId; readonly bodies: number; readonly space: Space },
): () => RecentChannel | null {
  const count = wanted * MESSAGES_PER_BODY;
  const range = channelRange(KeyRange, space);
  const store = (name: string): IDBObjectStore => transaction.objectStore(name);
  const device: IDBRequest<DeviceRecord | undefined> = store("device").get(channel);
  const participants: IDBRequest<ParticipantRecord[]> = store("participant").getAll(range);
  const holes: IDBRequest<HoleRecord[]> = store("hole").getAll(range);
  const metaKeys = store("meta").getAllKeys(range);
  const metaValues: IDBRequest<number[]> = store("meta").getAll(range);
  const rows: IDBRequest<MessageRow[]> = store("message").getAll(range);
  const packsBackwards = store("messagePack").openCursor(range, "prev");
  const outbox: IDBRequest<OutboxRecord | undefined>[] = [];
  const bodies: (readonly [MessageRecord, IDBRequest<Uint8Array | undefined>])[] = [];
  let messages: MessageRecord[] = [];
  let complete = false;
  const packs: MessagePack[] = [];
  packsBackwards.onsuccess = () => {
    const cursor = packsBackwards.result;
    if (cursor !== null) packs.unshift(cursor.value);
    // Many deletions at once fill packs of their own, which bring nothing to show.
    if (cursor !== null && isOnlyGone(cursor.value)) {
      cursor.continue();
      return;
    }
    // Requests of one transaction are answered in order, so the rows are there by now.
    const found = foldMessages(packs, rows.result);
    if (cursor !== null && found.length < count) {
      cursor.continue();
      return;
    }
    messages = newest(found, count);
    complete = cursor === null && messages.length === found.length;
    for (const message of messages.slice(-wanted)) {
      bodies.push([message, store("body").get(bodyKey(space, message.id))]);
      if (message.mine) outbox.push(store("outbox").get([space, message.id]));
    }
  };
  return () => {
    if (device.result === undefined) return null;
    return {
      device: device.result,
      stored: {
        messages,
        outbox: outbox.flatMap(({ result }) => (result === undefined ? [] : [result])),
        participants: participants.result,
        holes: holes.result,
        meta: toMeta(metaKeys.result, metaValues.result),
      },
      complete,
      bodies: bodies.flatMap(([{ id }, { result }]) => (result === undefined ? [] : [{ id, bytes: result }])),
    };
  };
}

function newest(messages: MessageRecord[], count: number): MessageRecord[] {
  return messages.sort((a, b) => a.lamport - b.lamport).slice(-count);
}
