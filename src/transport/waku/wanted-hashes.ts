import type { HistoryPage, HistoryQuery, InboundFrame } from "../port.ts";
import { PAGE_SIZE, type StoreTopic, storePages } from "./store-pages.ts";

type HashQuery = Extract<HistoryQuery, { by: "hash" }>;

/** Which of some messages were not given yet, by any Store. */
export interface WantedHashes {
  left(): readonly Uint8Array[];
  /** Asks this Store for what is left. Pages of what was asked for, each message once; ends when the Store gives nothing of it. */
  askOf(store: StoreTopic): AsyncGenerator<HistoryPage>;
}

/** A message is one that was asked for when its own hash says so: a Store can name any message by any hash. */
export function createWantedHashes({ hashes }: HashQuery): WantedHashes {
  const wanted = new Map(hashes.map((hash) => [String(hash), hash]));

  function takeWanted(frames: readonly InboundFrame[]): InboundFrame[] {
    return frames.filter(({ hash }) => wanted.delete(String(hash)));
  }

  return {
    left: () => [...wanted.values()],
    askOf: async function* (store) {
      const asked = [...wanted.values()];
      for (let start = 0; start < asked.length; start += PAGE_SIZE) {
        const messageHashes = asked.slice(start, start + PAGE_SIZE);
        const isDone = (): boolean => messageHashes.every((hash) => !wanted.has(String(hash)));
        for await (const page of storePages(store, { messageHashes })) {
          const frames = takeWanted(page);
          if (frames.length > 0) yield { frames };
          // The SDK asks until a page is empty; each of these brings something, or is the last.
          if (frames.length === 0 || isDone()) break;
        }
      }
    },
  };
}
