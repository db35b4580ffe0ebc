import type { Clock } from "../../runtime/port.ts";
import type { WantedMessage } from "../../sds/io/effect.ts";
import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import type { HistoryQuery, HistorySource, InboundFrame, Transport } from "../../transport/port.ts";
import type { FirstRead } from "./first-read.ts";
import { createReadBudget } from "./read-budget.ts";
import { createReadTurns, type ReadTurns } from "./read-turns.ts";
import { createSourceReader, SHORT_OVERLAP_MS, type SourceReader, type TimeQuery } from "./source-reader.ts";
import { timeWindows } from "./time-windows.ts";

/** So that what was found arrives, and is taken in, before the last of many is asked for. */
const HASHES_PER_QUERY = 50;
/** One that pushes nothing to us yet is about to, mostly, and is read when it does. */
const NOT_LIVE_MS = 5_000;

/** Where the transport tells no service nodes apart. */
const ONLY_SOURCE: HistorySource = { name: "", isLive: true };

/** Reads what was said while we were not listening, and single messages that are missed. */
export interface HistoryReader {
  /** The connection is back: read from the cursors on, and again now and then while it holds. */
  online(): void;
  offline(): void;
  /** Service nodes may have come or gone while the connection holds. */
  look(): void;
  /** Some of what was said in the last so many milliseconds may not have come, though the connection held: it is read. */
  again(agoMs: number): void;
  /** Asks for single messages; what is not there is asked for again by the protocol. */
  fetch(wanted: readonly WantedMessage[]): void;
  /** True when a Store gives the payload of this Waku hash back. Rejects when no Store answers. */
  isKept(hash: Uint8Array): Promise<boolean>;
  /** What a service node's Store does that it should not, in words for people; empty when none does. */
  trouble(): string;
  close(): void;
}

export interface HistoryReaderOptions {
  readonly transport: Pick<Transport, "queryHistory" | "historySources">;
  readonly contentTopic: string;
  readonly clock: Clock;
  /** Up to where the Store of this service node was read; 0: never. */
  readonly cursor: (source: string) => number;
  /** The same of whichever was read last. */
  readonly lastReadAt: () => number;
  /** Messages held: how many more they become says what a page was worth. */
  readonly messages: () => number;
  /** Is told of a read before anything was read to its end, now or by an earlier run: of its beginning only if it is long. */
  readonly first?: Pick<FirstRead, "begins" | "goesOn" | "waits" | "ends">;
  /** Whether the frame with this Waku hash was taken in, and nothing would follow from it now. */
  readonly isHeld: (hash: Uint8Array) => boolean;
  /** Takes a page of stored frames in; resolves when they are processed. */
  readonly onFrames: (frames: readonly InboundFrame[]) => Promise<void>;
  /** Everything up to this time, by this device's clock, that this service node has was taken in. */
  readonly onRead: (startedAt: number, source: string) => void;
  /** `trouble` differs. */
  readonly onTrouble?: () => void;
}

export function createHistoryReader(options: HistoryReaderOptions): HistoryReader {
  const { transport, contentTopic, clock, cursor, isHeld, messages, onFrames, onRead } = options;
  const turns = createReadTurns(clock);
  /** Of spans that are asked of several, one line each. */
  const lines = new Set<ReadTurns>();
  const lastReadAt = options.lastReadAt();
  /** By name, of the few service nodes of a network. */
  const readers = new Map<string, SourceReader>();
  /** Those that are connected now, and whether they push. */
  const present = new Map<string, HistorySource>();
  /** Those whose Store gave so much that was no news that its reading was ended. */
  const troubled = new Set<string>();
  let first = lastReadAt === 0 ? options.first : undefined;
  let connected = false;
  let closed = false;
  /** Before the first whole read hardly anything is held: to ask for hashes first would be in vain. */
  let isMuchHeld = false;
  /** What was said since then may not have come, and is still to be read. */
  let doubtfulSince: number | undefined;
  let isDoubtRead = false;

  function sources(): readonly HistorySource[] {
    return transport.historySources?.(contentTopic) ?? [ONLY_SOURCE];
  }

  function readerOf(name: string): SourceReader {
    const known = readers.get(name);
    if (known !== undefined) return known;
    const reader = createSourceReader({
      ...{ clock, turns, lastReadAt, messages },
      query: { by: "time", contentTopic, ...named(name) },
      queryHistory: (query) => transport.queryHistory(query),
      cursor: () => cursor(name),
      isHeld: () => (isMuchHeld ? isHeld : undefined),
      onLong: async (query) => first?.begins(query),
      onPage: async ({ frames }) => {
        await onFrames(frames);
        if (!closed) first?.goesOn();
      },
      onRead: (startedAt) => {
        isMuchHeld = true;
        onRead(startedAt, name);
      },
      onEnd: (how, wasLong) => {
        noteTrouble(name, how === "cut");
        if (how === "read") firstEnds(wasLong);
        else if (![...readers].some(([other, { isReading }]) => other !== name && isReading())) first?.waits();
        void readDoubtful();
      },
    });
    readers.set(name, reader);
    return reader;
  }

  function noteTrouble(name: string, isTroubled: boolean): void {
    if (troubled.has(name) === isTroubled) return;
    if (isTroubled) troubled.add(name);
    else troubled.delete(name);
    options.onTrouble?.();
  }

  /** A Store that has nothing says nothing of what the next one has. */
  function firstEnds(wasLong: boolean): void {
    if (!wasLong && [...present.keys()].some((name) => !readerOf(name).wasTried())) return;
    first?.ends();
    first = undefined;
  }

  function look(): void {
    if (!connected || closed) return;
    const now = new Map(sources().map((source) => [source.name, source]));
    for (const name of [...present.keys()]) {
      if (now.has(name)) continue;
      present.delete(name);
      readerOf(name).pause();
    }
    for (const [name, source] of now) {
      const before = present.get(name);
      present.set(name, source);
      if (source.isLive ? before?.isLive !== true : before === undefined) {
        readerOf(name).begin(source.isLive ? 0 : NOT_LIVE_MS);
      }
    }
  }

  /** Moves no cursor: the next whole reads are about this time too. */
  async function readDoubtful(): Promise<void> {
    if (doubtfulSince === undefined || isDoubtRead || closed || !connected) return;
    isDoubtRead = true;
    await turns.take(async () => {
      if (doubtfulSince === undefined) return;
      //= protocol: STORE-5
      const from = Math.max(0, doubtfulSince - SHORT_OVERLAP_MS);
      doubtfulSince = undefined;
      // Where no Store answers it is read again with the next doubt, and with the next whole reads.
      await takeOfAll({ from, to: clock.now() + LAMPORT_EMBARGO_MS }, isHeld);
    });
    isDoubtRead = false;
    void readDoubtful();
  }

  /** What one has and another one does not is found, whoever was asked first; of what was given once only hashes are asked for. */
  async function takeOfAll(span: Pick<TimeQuery, "from" | "to">, heldAtFirst?: TimeQuery["isHeld"]): Promise<void> {
    const line = createReadTurns(clock);
    lines.add(line);
    const reads = sources().map(({ name }, index) => {
      const held = index === 0 ? heldAtFirst : isHeld;
      const query = {
        by: "time",
        contentTopic,
        ...span,
        ...named(name),
        ...(held === undefined ? {} : { isHeld: held }),
      } as const;
      return line.take(() => takeAll(query));
    });
    // One that fails is no reason not to hear the others.
    await Promise.allSettled(reads);
    lines.delete(line);
  }

  async function takeAll(query: HistoryQuery): Promise<void> {
    if (closed) return;
    const budget = createReadBudget();
    let askedAt = clock.now();
    for await (const page of transport.queryHistory(query)) {
      const waitedMs = clock.now() - askedAt;
      const before = messages();
      await onFrames(page.frames);
      if (closed || !budget.spend({ page, news: messages() - before, waitedMs })) return;
      askedAt = clock.now();
    }
  }

  async function fetchNow(wanted: readonly WantedMessage[]): Promise<void> {
    const hashes = wanted.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
    for (let start = 0; start < hashes.length; start += HASHES_PER_QUERY) {
      const some = hashes.slice(start, start + HASHES_PER_QUERY);
      await takeAll({ by: "hash", contentTopic, hashes: some });
    }
    for (const window of timeWindows(wanted)) if (!closed) await takeOfAll(window);
  }

  return {
    online: () => {
      connected = true;
      present.clear();
      look();
    },
    offline: () => {
      connected = false;
      for (const name of present.keys()) readerOf(name).pause();
      present.clear();
    },
    look,
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
      const isThis = (frame: InboundFrame): boolean => String(frame.hash) === String(hash);
      for await (const { frames } of transport.queryHistory({ by: "hash", contentTopic, hashes: [hash] })) {
        if (frames.some(isThis)) return true;
      }
      return false;
    },
    trouble: () => {
      const [name] = troubled;
      if (name === undefined) return "";
      const who = name === "" ? "a service node" : `the service node at ${name.split("/p2p/")[0]}`;
      return `${who} gives much as history that is no message of this channel; it is read bit by bit`;
    },
    close: () => {
      closed = true;
      for (const reader of readers.values()) reader.close();
      for (const line of [turns, ...lines]) line.close();
    },
  };
}

function named(source: string): { readonly source?: string } {
  return source === "" ? {} : { source };
}
