import type { Clock } from "../runtime/port.ts";
import { HISTORY_OVERLAP_MS, HISTORY_POLL_MS, HORIZON_MS, LAMPORT_EMBARGO_MS } from "../sds/parameters.ts";
import type { HistoryQuery, InboundFrame, Transport } from "../transport/port.ts";

const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;
const HASHES_PER_QUERY = 50;

/** Reads what was said while we were not listening, and single messages that are missed. */
export interface HistoryReader {
  /** The connection is back: read from the cursor on, and again now and then while it holds. */
  online(): void;
  offline(): void;
  /** Asks for single messages by Waku hash; what is not there is asked for again by the protocol. */
  fetch(hashes: readonly Uint8Array[]): void;
  close(): void;
}

export interface HistoryReaderOptions {
  readonly transport: Transport;
  readonly contentTopic: string;
  readonly clock: Clock;
  readonly cursor: () => number;
  /** Takes one stored frame in; resolves when it is processed. */
  readonly onFrame: (frame: InboundFrame) => Promise<void>;
  /** Everything up to this time has been taken in. */
  readonly onRead: (cursor: number) => void;
}

export function createHistoryReader(options: HistoryReaderOptions): HistoryReader {
  const { transport, contentTopic, clock, cursor, onFrame, onRead } = options;
  let cancelTimer = () => {};
  let reading = false;
  let connected = false;
  let closed = false;
  let failures = 0;

  function schedule(ms: number): void {
    cancelTimer();
    cancelTimer = clock.schedule(ms, () => void readNow());
  }

  /** The overlap covers clocks that differ, and messages that reached the Store late. */
  function pastQuery(startedAt: number): HistoryQuery {
    const from = cursor() === 0 ? startedAt - HORIZON_MS : cursor() - HISTORY_OVERLAP_MS;
    return { by: "time", contentTopic, from: Math.max(0, from), to: startedAt + LAMPORT_EMBARGO_MS };
  }

  async function readNow(): Promise<void> {
    if (reading || closed || !connected) return;
    reading = true;
    const startedAt = clock.now();
    try {
      for await (const page of transport.queryHistory(pastQuery(startedAt))) {
        for (const frame of page.frames) await onFrame(frame);
        if (closed) return;
      }
      failures = 0;
      onRead(startedAt);
      schedule(HISTORY_POLL_MS);
    } catch {
      // No Store answered. Live messages go on; the past is asked for again.
      schedule(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures++));
    } finally {
      reading = false;
    }
  }

  async function fetchNow(hashes: readonly Uint8Array[]): Promise<void> {
    for (let start = 0; start < hashes.length; start += HASHES_PER_QUERY) {
      const part = hashes.slice(start, start + HASHES_PER_QUERY);
      for await (const page of transport.queryHistory({ by: "hash", contentTopic, hashes: part })) {
        for (const frame of page.frames) await onFrame(frame);
      }
    }
  }

  return {
    online: () => {
      connected = true;
      failures = 0;
      schedule(0);
    },
    offline: () => {
      connected = false;
      cancelTimer();
    },
    fetch: (hashes) => {
      fetchNow(hashes).catch(() => {
        // The protocol asks again with its own back-off.
      });
    },
    close: () => {
      closed = true;
      cancelTimer();
    },
  };
}
