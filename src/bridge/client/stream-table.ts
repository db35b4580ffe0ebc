import {
  BRIDGE_VERSION,
  type ClientMessage,
  EVENT_CREDIT,
  type ServerMessage,
  type Topic,
} from "../protocol/protocol.ts";

export type StreamItem = Extract<ServerMessage, { kind: "event" | "status" | "ephemeral" | "channels" | "ended" }>;

/** A subscription that outlives the ports it runs over. */
export interface Stream {
  /** Subscribes anew; what the old subscription still sends is ignored. */
  restart(): void;
  close(): void;
}

/** The subscriptions of one connection. Each (re)start has a number of its own, so that late items cannot confuse. */
export interface StreamTable {
  /** `topic` is asked at every (re)start, so that events go on where they stopped. */
  open(topic: () => Topic, onItem: (item: StreamItem) => void): Stream;
  onItem(item: StreamItem): void;
  /** Connected: subscribes to everything. */
  resume(): void;
}

interface Entry {
  readonly topic: () => Topic;
  readonly onItem: (item: StreamItem) => void;
  number: number;
  uncredited: number;
}

const v = BRIDGE_VERSION;

/** `post` drops the message while there is no connection. */
export function createStreamTable(post: (message: ClientMessage) => void): StreamTable {
  const entries = new Map<number, Entry>();
  let lastNumber = 0;

  function start(entry: Entry): void {
    entry.number = ++lastNumber;
    entry.uncredited = 0;
    entries.set(entry.number, entry);
    post({ v, kind: "subscribe", stream: entry.number, topic: entry.topic() });
  }

  function stop({ number }: Entry): void {
    if (entries.delete(number)) post({ v, kind: "unsubscribe", stream: number });
  }

  /** Room is given back after the item was taken, so that a page that is busy slows its own stream down. */
  function credit(entry: Entry, number: number, every: number): void {
    if (entry.number !== number || ++entry.uncredited < every) return;
    post({ v, kind: "received", stream: number, count: entry.uncredited });
    entry.uncredited = 0;
  }

  return {
    open(topic, onItem) {
      const entry: Entry = { topic, onItem, number: 0, uncredited: 0 };
      start(entry);
      return {
        restart() {
          stop(entry);
          start(entry);
        },
        close: () => stop(entry),
      };
    },
    onItem(item) {
      const entry = entries.get(item.stream);
      if (entry === undefined) return;
      entry.onItem(item);
      if (item.kind !== "ended") credit(entry, item.stream, item.kind === "event" ? EVENT_CREDIT : 1);
    },
    resume() {
      const all = [...entries.values()];
      entries.clear();
      for (const entry of all) start(entry);
    },
  };
}
