import type { HistoryQuery, InboundFrame } from "../port.ts";

/** What a network inside one process keeps, each frame once. */
export interface FrameStore {
  keep(frame: InboundFrame): void;
  /** By time oldest first, by hash in the order in which they were kept. */
  find(query: HistoryQuery): InboundFrame[];
}

export function createFrameStore(): FrameStore {
  const frames = new Map<string, InboundFrame>();

  return {
    keep: (frame) => {
      const key = keyOf(frame.hash);
      if (!frames.has(key)) frames.set(key, frame);
    },
    find: (query) => {
      const ofTopic = [...frames.values()].filter(({ contentTopic }) => contentTopic === query.contentTopic);
      if (query.by === "hash") {
        const wanted = new Set(query.hashes.map(keyOf));
        return ofTopic.filter(({ hash }) => wanted.has(keyOf(hash)));
      }
      return ofTopic
        .filter(({ timestamp = 0 }) => timestamp >= query.from && timestamp < query.to)
        .sort((left, right) => (left.timestamp ?? 0) - (right.timestamp ?? 0));
    },
  };
}

function keyOf(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}
