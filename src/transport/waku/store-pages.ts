import type { PeerId } from "@libp2p/interface";
import type { IDecodedMessage, QueryRequestParams } from "@waku/interfaces";
import type { InboundFrame } from "../port.ts";
import type { LightNode } from "./node/light-node.ts";
import { senselessAnswer } from "./wire/errors.ts";
import { createOpaqueDecoder, toInboundFrame } from "./wire/opaque-codec.ts";

export const PAGE_SIZE = 100;
/** Of the longest messages, these fit into one answer. */
const SHORT_PAGE_SIZE = 20;

/** One service node's Store, and a topic in it. */
export interface StoreTopic {
  readonly node: Pick<LightNode, "store">;
  readonly peer: PeerId;
  readonly contentTopic: string;
  readonly pubsubTopic: string;
}

/**
 * Whole pages, shorter ones once they prove too long in bytes: the SDK reads no answer above 4 MiB. Throws when the Store gives a
 * longer page than was asked for; and, where messages are not asked for by hash, one with nothing of this topic in it, or one that
 * ends where an earlier one did. Of hashes that is the end: what is left is not there.
 */
export async function* storePages(
  { node, peer, contentTopic, pubsubTopic }: StoreTopic,
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
        // The SDK asks on until a page is empty. A Store that repeats itself, or gives pages of nothing, would keep us here for ever.
        if (end === undefined || ends.has(String(end))) {
          if (criteria.messageHashes !== undefined) return;
          throw senselessAnswer(
            new RangeError(end === undefined ? "a page of nothing" : "a page that was given before"),
          );
        }
        ends.add(String(end));
        cursor = end;
        yield frames;
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
