import type { PeerId } from "@libp2p/interface";
import type { IDecodedMessage, QueryRequestParams } from "@waku/interfaces";
import { type HistoryPage, type HistoryQuery, type InboundFrame, TransportError } from "../port.ts";
import { missingOnly } from "./missing-only.ts";
import { type HashListing, NoListing } from "./node/hash-listing.ts";
import type { LightNode } from "./node/light-node.ts";
import { UnsupportedProtocol } from "./node/request-streams.ts";
import { oneAhead } from "./one-ahead.ts";
import { createStoreOrder, type StoreOrder } from "./store-order.ts";
import { STORE_QUERY_CODEC } from "./wire/codecs.ts";
import { senselessAnswer } from "./wire/errors.ts";
import { createOpaqueDecoder, toInboundFrame } from "./wire/opaque-codec.ts";

const PAGE_SIZE = 100;
/** Of the longest messages, these fit into one answer. */
const SHORT_PAGE_SIZE = 20;

/** Whose Stores are read, and how. */
export interface HistorySources {
  readonly node: LightNode;
  /** In the order in which they are asked, as far as `order` knows nothing against it. */
  readonly peers: readonly PeerId[];
  readonly pubsubTopic: string;
  /** Milliseconds since the epoch: what is said from then on is pushed. */
  readonly now: number;
  readonly list?: HashListing;
  /** Which Stores broke off before. */
  readonly order?: StoreOrder;
}

/** The service node whose Store is read just now. */
interface Source extends Omit<HistorySources, "peers" | "order"> {
  readonly peer: PeerId;
}

/**
 * Yields the stored messages of the first of these service nodes that has any answer, through the SDK's Store client,
 * oldest page first or newest, until the Store has no more that was said before `now`. Of a span of time a page is asked for while
 * the one before is read, unless it is read from its end: who does that seldom wants a second page. A page that cannot be had throws,
 * so that a broken stream never looks like an empty history. Where the caller holds some of it and the Store lists hashes, only what
 * is missing is asked for.
 * @throws {TransportError} `no-store` if no node serves a Store or all refuse; `timeout`, `offline`, `rejected`.
 */
export function readHistoryOfAny(query: HistoryQuery, sources: HistorySources): AsyncGenerator<HistoryPage> {
  const pages = ofAny(query, sources);
  // What is asked for by hash is mostly found on the first page, and who wants to know whether it is there reads no other.
  return query.by === "time" && query.newestFirst !== true ? oneAhead(pages) : pages;
}

async function* ofAny(
  query: HistoryQuery,
  { peers, order = createStoreOrder(), ...shared }: HistorySources,
): AsyncGenerator<HistoryPage> {
  let failure: TransportError | undefined;
  for (const peer of order.of(peers)) {
    let hasYielded = false;
    try {
      for await (const page of readHistory(query, { ...shared, peer })) {
        hasYielded = true;
        yield page;
      }
      order.gaveAll(peer);
      return;
    } catch (error) {
      failure = explain(error);
      if (!hasYielded) continue;
      // Going on with another Store would repeat or skip messages; the next time it is asked first.
      order.brokeOff(peer);
      break;
    }
  }
  throw failure ?? noStore();
}

async function* readHistory(query: HistoryQuery, source: Source): AsyncGenerator<HistoryPage> {
  const { peer, pubsubTopic, list } = source;
  await requireStore(source);
  if (query.by === "hash") {
    yield* byHash(query, source);
    return;
  }
  if (query.newestFirst === true) {
    yield* fromTheEnd(query, source);
    return;
  }
  const { isHeld, contentTopic } = query;
  if (isHeld !== undefined && list !== undefined) {
    const bodiesOf = (messageHashes: readonly Uint8Array[]) =>
      pages(source, contentTopic, { messageHashes: [...messageHashes] });
    try {
      yield* missingOnly({ peer, query, isHeld, pubsubTopic, list, bodiesOf });
      return;
    } catch (error) {
      if (!(error instanceof NoListing)) throw error;
    }
  }
  yield* byTime(query, source);
}

/** The SDK asks any connected node, and takes one without a Store for an empty one. */
async function requireStore({ node, peer }: Source): Promise<void> {
  const { protocols } = await node.libp2p.peerStore.get(peer);
  if (!protocols.includes(STORE_QUERY_CODEC)) throw noStore();
}

/**
 * Asks for all from the start on and leaves off at the end of the range: given both times the SDK cuts a range into days
 * and forgets the last piece. It computes nanoseconds in floating point, hence the millisecond more at the start.
 *
 * The SDK asks on until a page is empty. Who talks meanwhile, or hears others talk, would read each message out of the Store once
 * more, by a request of its own, for as long as it goes on. So a page that holds only what was said since the read began is the
 * last: that is pushed. As clocks differ it has to be shorter than one before it, too; a Store that has more gives full ones.
 */
async function* byTime(
  { contentTopic, from, to }: Extract<HistoryQuery, { by: "time" }>,
  source: Source,
): AsyncGenerator<HistoryPage> {
  if (from >= to) return;
  let longest = 0;
  const timeStart = new Date(Math.max(0, Math.trunc(from) - 1));
  for await (const frames of pages(source, contentTopic, { timeStart })) {
    const inRange = frames.filter(({ timestamp }) => timestamp === undefined || (timestamp >= from && timestamp < to));
    if (inRange.length > 0) yield { frames: inRange };
    if (frames.some(({ timestamp }) => timestamp !== undefined && timestamp >= to)) return;
    if (frames.length < longest && frames.every(({ timestamp = 0 }) => timestamp >= source.now)) return;
    longest = Math.max(longest, frames.length);
  }
}

/** The same backwards: what is newer than the end of the range is passed over, and the reading ends before its start. */
async function* fromTheEnd(
  { contentTopic, from, to }: Extract<HistoryQuery, { by: "time" }>,
  source: Source,
): AsyncGenerator<HistoryPage> {
  if (from >= to) return;
  const timeStart = new Date(Math.max(0, Math.trunc(from) - 1));
  for await (const frames of pages(source, contentTopic, { timeStart }, "backward")) {
    const inRange = frames.filter(({ timestamp }) => timestamp === undefined || (timestamp >= from && timestamp < to));
    if (inRange.length > 0) yield { frames: inRange };
    if (frames.some(({ timestamp }) => timestamp !== undefined && timestamp < from)) return;
  }
}

async function* byHash(
  { contentTopic, hashes }: Extract<HistoryQuery, { by: "hash" }>,
  source: Source,
): AsyncGenerator<HistoryPage> {
  for (let start = 0; start < hashes.length; start += PAGE_SIZE) {
    const messageHashes = hashes.slice(start, start + PAGE_SIZE);
    for await (const frames of pages(source, contentTopic, { messageHashes })) {
      yield { frames };
    }
  }
}

/** Whole pages, shorter ones once they prove too long in bytes: the SDK reads no answer above 4 MiB. */
async function* pages(
  { node, peer, pubsubTopic }: Source,
  contentTopic: string,
  criteria: Partial<QueryRequestParams>,
  direction: "forward" | "backward" = "forward",
): AsyncGenerator<InboundFrame[]> {
  const paginationForward = direction === "forward";
  const ends = new Set<string>();
  let cursor: Uint8Array | undefined;
  let paginationLimit = PAGE_SIZE;
  while (true) {
    const from = cursor === undefined ? {} : { paginationCursor: cursor };
    const params = { peerId: peer, ...criteria, ...from, paginationForward, paginationLimit };
    try {
      for await (const page of node.store.queryGenerator([createOpaqueDecoder(contentTopic, pubsubTopic)], params)) {
        // Decoded all the same, as the SDK does that, but nobody verifies tens of thousands in one go.
        if (page.length > paginationLimit) throw senselessAnswer(new RangeError(`a page of ${page.length} messages`));
        const frames = (await Promise.all(page)).filter(isMessage).map(toInboundFrame);
        // A page is in the order of time, whichever way they go: the next one begins behind its last, or before its first.
        const end = frames.at(paginationForward ? -1 : 0)?.hash;
        // The SDK asks on until a page is empty. A Store that repeats itself would keep us here for ever.
        if (ends.has(String(end))) return;
        ends.add(String(end));
        cursor = end ?? cursor;
        if (frames.length > 0) yield frames;
      }
      return;
    } catch (error) {
      if (!isTooLong(error) || paginationLimit === SHORT_PAGE_SIZE) throw error;
      paginationLimit = SHORT_PAGE_SIZE;
    }
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && error.name === "InvalidDataLengthError";
}

/** Absent are those of other topics, which a query by hash may return; they are not of this channel. */
function isMessage(message: IDecodedMessage | undefined): message is IDecodedMessage {
  return message !== undefined;
}

function explain(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof UnsupportedProtocol || (error instanceof Error && error.name === "UnsupportedProtocolError")) {
    return noStore(error);
  }
  const refusal =
    error instanceof Error ? /failed with status code: (.*), description: (.*)/s.exec(error.message) : null;
  if (refusal !== null) {
    const detail = `${refusal[1]} ${refusal[2]}`;
    return new TransportError("no-store", `the Store refused the query: ${detail}; ask again later`, { cause: error });
  }
  if (error instanceof Error && BROKEN.has(error.name)) {
    return new TransportError("offline", "the connection to the service node broke; it is being restored", {
      cause: error,
    });
  }
  return senselessAnswer(error);
}

const BROKEN = new Set([
  "StreamResetError",
  "StreamStateError",
  "ConnectionClosedError",
  "AbortError",
  "MuxerClosedError",
]);

function noStore(cause?: unknown): TransportError {
  return new TransportError("no-store", "the service node keeps no messages (no Store); add one that does", { cause });
}
