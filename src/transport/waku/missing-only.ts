import type { PeerId } from "@libp2p/interface";
import type { HistoryPage, HistoryQuery, InboundFrame } from "../port.ts";
import { type HashListing, type HashPage, NoListing } from "./node/hash-listing.ts";
import { createTimeOrder } from "./time-order.ts";

/** A Store that lists without end is left: two million messages, twice what a channel holds. Whoever reads leaves off long before. */
const MAX_PAGES = 20_000;

/** Of the 100 that are asked for at most; a Store that gives more is given up, whatever it gives. */
const MOST_GIVEN = 200;

export interface MissingOnlyOptions {
  readonly peer: PeerId;
  readonly query: Extract<HistoryQuery, { by: "time" }>;
  readonly isHeld: (hash: Uint8Array) => boolean;
  readonly pubsubTopic: string;
  readonly list: HashListing;
  /** The messages with these hashes, as the Store has them, in any order. */
  readonly bodiesOf: (hashes: readonly Uint8Array[]) => AsyncIterable<readonly InboundFrame[]>;
}

/**
 * What is not held of a span of time: its hashes first, 36 bytes each, then the messages of those that are missing. Throws `NoListing`
 * when the Store does not list, or does not give what it listed: then it is to be read as a whole. A Store that leaves
 * something out of its list could leave it out of an answer as well.
 */
export async function* missingOnly(options: MissingOnlyOptions): AsyncGenerator<HistoryPage> {
  const { peer, query, isHeld, pubsubTopic, list } = options;
  const { contentTopic, from, to } = query;
  if (from >= to) return;
  let cursor: Uint8Array | undefined;
  const cursors = new Set<string>();
  const order = createTimeOrder(query, "forward");
  do {
    const page: HashPage = await list(peer, { contentTopic, pubsubTopic, from, to, cursor });
    const missing = page.hashes.filter((hash) => !isHeld(hash));
    // Nothing, if all is held: so whoever reads can count what was listed, and leave off.
    if (page.hashes.length > 0)
      yield { frames: missing.length === 0 ? [] : order.take(await framesOf(missing, options)) };
    cursor = page.cursor;
    if (cursors.has(String(cursor)) || cursors.size === MAX_PAGES) throw new NoListing("the list does not end");
    cursors.add(String(cursor));
  } while (cursor !== undefined);
}

/** Of the messages that come, those whose own hash is one that was asked for, oldest first. */
async function framesOf(missing: readonly Uint8Array[], { bodiesOf }: MissingOnlyOptions): Promise<InboundFrame[]> {
  const wanted = new Set(missing.map(String));
  const frames: InboundFrame[] = [];
  let given = 0;
  for await (const page of bodiesOf(missing)) {
    given += page.length;
    if (given > MOST_GIVEN) break;
    for (const frame of page) if (wanted.delete(String(frame.hash))) frames.push(frame);
    if (wanted.size === 0) break;
  }
  if (wanted.size > 0) throw new NoListing("the Store does not give what it lists");
  return frames.sort((left, right) => (left.timestamp ?? 0) - (right.timestamp ?? 0));
}
