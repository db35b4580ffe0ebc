import type { Clock } from "../../runtime/port.ts";
import type { WantedMessage } from "../../sds/io/effect.ts";
import {
  HISTORY_OVERLAP_MS,
  HISTORY_POLL_MS,
  HORIZON_MS,
  LAMPORT_EMBARGO_MS,
} from "../../sds/parameters/parameters.ts";
import type { HistoryQuery, InboundFrame, Transport } from "../../transport/port.ts";
import type { FirstRead } from "./first-read.ts";
import { timeWindows } from "./time-windows.ts";

/** A Store that restarts is back in seconds; one that stays away is asked once a minute, which costs neither side much. */
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;
/** Clocks differ by less, mostly, and relays refuse what is off by more than 20 s. What was dated still earlier waits for a whole read. */
const SHORT_OVERLAP_MS = 60_000;
/** So that what was found arrives, and is taken in, before the last of many is asked for. */
const HASHES_PER_QUERY = 50;

/** Of a first page: what is shorter is on screen, newest and all, before the newest could be asked for. */
const WORTH_A_LOOK = 20;

/** Reads what was said while we were not listening, and single messages that are missed. */
export interface HistoryReader {
  /** The connection is back: read from the cursor on, and again now and then while it holds. */
  online(): void;
  offline(): void;
  /** Some of what was said in the last so many milliseconds may not have come, though the connection held: it is read. */
  again(agoMs: number): void;
  /** Asks for single messages; what is not there is asked for again by the protocol. */
  fetch(wanted: readonly WantedMessage[]): void;
  /** True when the Store has the payload of this Waku hash. Rejects when no Store answers. */
  isKept(hash: Uint8Array): Promise<boolean>;
  close(): void;
}

export interface HistoryReaderOptions {
  readonly transport: Pick<Transport, "queryHistory">;
  readonly contentTopic: string;
  readonly clock: Clock;
  readonly cursor: () => number;
  /** Is told of a read before anything was read to its end, now or by an earlier run: of its beginning only if it is long. */
  readonly first?: Pick<FirstRead, "begins" | "goesOn" | "waits" | "ends">;
  /** Whether the frame with this Waku hash was taken in, and nothing would follow from it now. */
  readonly isHeld: (hash: Uint8Array) => boolean;
  /** Takes a page of stored frames in; resolves when they are processed. */
  readonly onFrames: (frames: readonly InboundFrame[]) => Promise<void>;
  /** Everything up to this time, by this device's clock, has been taken in. */
  readonly onRead: (startedAt: number) => void;
}

export function createHistoryReader(options: HistoryReaderOptions): HistoryReader {
  const { transport, contentTopic, clock, cursor, first, isHeld, onFrames, onRead } = options;
  let cancelTimer = () => {};
  let reading = false;
  /** Asked for while a read was under way. */
  let again = false;
  let connected = false;
  let closed = false;
  let failures = 0;
  /** When the last whole read began. Before the first, hardly anything is held: to ask for hashes first would be in vain. */
  let wholeAt: number | undefined;
  /** What was said since then may not have come, and is still to be read. */
  let doubtfulSince: number | undefined;

  function schedule(ms: number): void {
    cancelTimer();
    if (closed) return;
    cancelTimer = clock.schedule(ms, () => void readNow());
  }

  /**
   * The overlap covers clocks that differ, and messages that reached the Store late. A connection that comes back makes do with a
   * short one: a whole read is due soon, and goes back to before what was read since the last one. A cursor in the future is from
   * a clock that was set right since: nobody knows what was read by it.
   */
  function pastQuery(startedAt: number, isWhole: boolean): Extract<HistoryQuery, { by: "time" }> {
    //= protocol: STORE-1
    const useful = cursor() > 0 && cursor() <= startedAt;
    const place = isWhole ? Math.min(cursor(), wholeAt ?? cursor()) - HISTORY_OVERLAP_MS : cursor() - SHORT_OVERLAP_MS;
    const span = { from: Math.max(0, useful ? place : startedAt - HORIZON_MS), to: startedAt + LAMPORT_EMBARGO_MS };
    //= protocol: STORE-6
    return { by: "time", contentTopic, ...span, ...(wholeAt === undefined ? {} : { isHeld }) };
  }

  async function readNow(): Promise<void> {
    if (closed || !connected) return;
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    again = false;
    const startedAt = clock.now();
    const isWhole = wholeAt === undefined || wholeAt > startedAt || startedAt - wholeAt >= HISTORY_POLL_MS;
    const query = pastQuery(startedAt, isWhole);
    const firstRead = cursor() === 0 && wholeAt === undefined ? first : undefined;
    try {
      let isBegun = false;
      for await (const page of transport.queryHistory(query)) {
        if (!isBegun && page.frames.length >= WORTH_A_LOOK) await firstRead?.begins(query);
        isBegun = true;
        if (closed) return;
        await onFrames(page.frames);
        if (closed) return;
        firstRead?.goesOn();
      }
      firstRead?.ends();
      failures = 0;
      if (isWhole) wholeAt = startedAt;
      //= protocol: STORE-2
      onRead(startedAt);
      //= protocol: STORE-1
      schedule(isWhole || wholeAt === undefined ? HISTORY_POLL_MS : wholeAt + HISTORY_POLL_MS - clock.now());
    } catch {
      // No Store answered. Live messages go on; the past is asked for again.
      firstRead?.waits();
      //= protocol: STORE-1, STORE-4
      schedule(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures++));
    } finally {
      done();
    }
  }

  function done(): void {
    reading = false;
    if (again && connected) schedule(0);
    else void readDoubtful();
  }

  /** Moves no cursor: the next whole read is about this time too. */
  async function readDoubtful(): Promise<void> {
    if (doubtfulSince === undefined || reading || closed || !connected) return;
    //= protocol: STORE-5
    const from = Math.max(0, doubtfulSince - SHORT_OVERLAP_MS);
    doubtfulSince = undefined;
    reading = true;
    try {
      await takeAll({ by: "time", contentTopic, from, to: clock.now() + LAMPORT_EMBARGO_MS, isHeld });
    } catch {
      // No Store answered: read again with the next doubt, and with the next whole read.
    } finally {
      done();
    }
  }

  async function takeAll(query: HistoryQuery): Promise<void> {
    if (closed) return;
    for await (const page of transport.queryHistory(query)) {
      await onFrames(page.frames);
      if (closed) return;
    }
  }

  async function fetchNow(wanted: readonly WantedMessage[]): Promise<void> {
    const hashes = wanted.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
    for (let start = 0; start < hashes.length; start += HASHES_PER_QUERY) {
      await takeAll({ by: "hash", contentTopic, hashes: hashes.slice(start, start + HASHES_PER_QUERY) });
    }
    for (const { from, to } of timeWindows(wanted)) await takeAll({ by: "time", contentTopic, from, to });
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
    again: (agoMs) => {
      doubtfulSince = Math.min(doubtfulSince ?? Number.POSITIVE_INFINITY, clock.now() - agoMs);
      void readDoubtful();
    },
    fetch: (wanted) => {
      fetchNow(wanted).catch(() => {
        // The protocol asks again with its own back-off.
      });
    },
    isKept: async (hash) => {
      for await (const page of transport.queryHistory({ by: "hash", contentTopic, hashes: [hash] })) {
        if (page.frames.length > 0) return true;
      }
      return false;
    },
    close: () => {
      closed = true;
      cancelTimer();
    },
  };
}
