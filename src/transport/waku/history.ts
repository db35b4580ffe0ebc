import type { PeerId } from "@libp2p/interface";
import type { HistoryPage, HistoryQuery, TransportError } from "../port.ts";
import { explainHistoryError, noStore } from "./history-errors.ts";
import type { Troubles } from "./links/troubles.ts";
import { missingOnly } from "./missing-only.ts";
import { type HashListing, NoListing } from "./node/hash-listing.ts";

import type { LightNode } from "./node/light-node.ts";
import { oneAhead } from "./one-ahead.ts";
import { createStoreOrder, type StoreOrder } from "./store-order.ts";
import { type StoreTopic, storePages } from "./store-pages.ts";
import { createTimeOrder } from "./time-order.ts";
import { createWantedHashes } from "./wanted-hashes.ts";
import { STORE_QUERY_CODEC } from "./wire/codecs.ts";

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
  readonly troubles?: Pick<Troubles, "senseless" | "fulfilled">;
}

/** The service node whose Store is read just now. */
interface Source extends Omit<HistorySources, "peers" | "order" | "troubles"> {
  readonly peer: PeerId;
}

type TimeQuery = Extract<HistoryQuery, { by: "time" }>;
type HashQuery = Extract<HistoryQuery, { by: "hash" }>;

/**
 * Of a span of time, yields the stored messages of the first of these service nodes that has any answer, through the SDK's Store client,
 * oldest page first or newest, until the Store has no more that was said before `now`. A page is asked for while
 * the one before is read, unless it is read from its end: who does that seldom wants a second page. A page that cannot be had throws,
 * so that a broken stream never looks like an empty history. Where the caller holds some of it and the Store lists hashes, only what
 * is missing is asked for. By hash, what one of them does not have is asked of the next.
 * @throws {TransportError} `no-store` if no node serves a Store or all refuse; `timeout`, `offline`, `rejected`.
 */
export function readHistoryOfAny(query: HistoryQuery, sources: HistorySources): AsyncGenerator<HistoryPage> {
  // What is asked for by hash is mostly found on the first page, and who wants to know whether it is there reads no other.
  if (query.by === "hash") return wantedOfAll(query, sources);
  const pages = ofAny(query, sources);
  return query.newestFirst === true ? pages : oneAhead(pages);
}

async function* ofAny(
  query: TimeQuery,
  { peers, order = createStoreOrder(), troubles, ...shared }: HistorySources,
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
      troubles?.fulfilled(peer, "store");
      return;
    } catch (error) {
      failure = explainHistoryError(error);
      if (failure.code === "rejected") troubles?.senseless(peer, "store", failure.message);
      if (hasYielded || isUnfit(failure)) order.brokeOff(peer);
      // Going on with another Store would repeat or skip messages; the next time it is asked first.
      if (hasYielded) break;
    }
  }
  throw failure ?? noStore();
}

/** Its answers are late or make no sense, so the others are asked before it the next time. */
function isUnfit({ code }: TransportError): boolean {
  return code === "timeout" || code === "rejected";
}

/** Throws only when nobody answered: what nobody has is no failure. */
async function* wantedOfAll(
  query: HashQuery,
  { peers, order = createStoreOrder(), troubles: _troubles, ...shared }: HistorySources,
): AsyncGenerator<HistoryPage> {
  const wanted = createWantedHashes(query);
  let failure: TransportError | undefined;
  let isAnswered = false;
  for (const peer of order.of(peers)) {
    if (isAnswered && wanted.left().length === 0) return;
    try {
      const source = { ...shared, peer };
      await requireStore(source);
      yield* wanted.askOf(topicIn(source, query));
      isAnswered = true;
    } catch (error) {
      failure = explainHistoryError(error);
      if (isUnfit(failure)) order.brokeOff(peer);
    }
  }
  if (!isAnswered) throw failure ?? noStore();
}

async function* readHistory(query: TimeQuery, source: Source): AsyncGenerator<HistoryPage> {
  const { peer, pubsubTopic, list } = source;
  await requireStore(source);
  if (query.newestFirst === true) {
    yield* fromTheEnd(query, source);
    return;
  }
  const { isHeld } = query;
  if (isHeld !== undefined && list !== undefined) {
    const bodiesOf = (messageHashes: readonly Uint8Array[]) =>
      storePages(topicIn(source, query), { messageHashes: [...messageHashes] });
    try {
      yield* missingOnly({ peer, query, isHeld, pubsubTopic, list, bodiesOf });
      return;
    } catch (error) {
      if (!(error instanceof NoListing)) throw error;
    }
  }
  yield* byTime(query, source);
}

function topicIn({ node, peer, pubsubTopic }: Source, { contentTopic }: HistoryQuery): StoreTopic {
  return { node, peer, pubsubTopic, contentTopic };
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
async function* byTime(query: TimeQuery, source: Source): AsyncGenerator<HistoryPage> {
  const { from, to } = query;
  if (from >= to) return;
  let longest = 0;
  const order = createTimeOrder(query, "forward");
  for await (const frames of storePages(topicIn(source, query), { timeStart: startOf(query) })) {
    const inRange = order.take(frames);
    if (inRange.length > 0) yield { frames: inRange };
    if (frames.some(({ timestamp }) => timestamp !== undefined && timestamp >= to)) return;
    if (frames.length < longest && frames.every(({ timestamp = 0 }) => timestamp >= source.now)) return;
    longest = Math.max(longest, frames.length);
  }
}

/** The same backwards: what is newer than the end of the range is passed over, and the reading ends before its start. */
async function* fromTheEnd(query: TimeQuery, source: Source): AsyncGenerator<HistoryPage> {
  const { from, to } = query;
  if (from >= to) return;
  const order = createTimeOrder(query, "backward");
  for await (const frames of storePages(topicIn(source, query), { timeStart: startOf(query) }, "backward")) {
    const inRange = order.take(frames);
    if (inRange.length > 0) yield { frames: inRange };
    if (frames.some(({ timestamp }) => timestamp !== undefined && timestamp < from)) return;
  }
}

function startOf({ from }: TimeQuery): Date {
  return new Date(Math.max(0, Math.trunc(from) - 1));
}
