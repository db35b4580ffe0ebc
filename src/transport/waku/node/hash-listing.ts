import type { PeerId } from "@libp2p/interface";
import { proto_store as proto } from "@waku/proto";
import { TransportError } from "../../port.ts";
import { encodeFrame, readFrames, type StreamChunk } from "../wire/length-prefix.ts";
import type { StreamManager } from "../wire/sdk-parts.ts";

/** Hashes of 32 bytes each, and what goes around them; room for a Store that adds the pubsub topic to each. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_HASHES = 100;
const HASH_BYTES = 32;
const OK = 200;
const TOO_MANY = 429;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

export interface HashQuery {
  readonly contentTopic: string;
  readonly pubsubTopic: string;
  /** Inclusive, ms. */ readonly from: number;
  /** Exclusive, ms. */ readonly to: number;
  /** Of the page before. */
  readonly cursor?: Uint8Array | undefined;
}

export interface HashPage {
  /** Of the messages, oldest first; 100 at most. */
  readonly hashes: readonly Uint8Array[];
  /** `undefined`: there are no more. */
  readonly cursor: Uint8Array | undefined;
}

/**
 * Asks a Store for the hashes of what it has, without the messages. Rejects with `NoListing` when it does not answer such a query as
 * the specification has it, and as every request does when the connection breaks or nobody answers.
 */
export type HashListing = (peer: PeerId, query: HashQuery) => Promise<HashPage>;

/** Whatever it answers, its hashes are not to be had; its messages may be. */
export class NoListing extends Error {
  override readonly name = "NoListing";
}

/** In the SDK's words, as every refusal of a Store. */
class RefusalError extends Error {}

/** The SDK's own Store client drops what comes without a message, hashes included. Who cannot list is not asked again. */
export function createHashListing(streams: Pick<StreamManager, "getStream">): HashListing {
  const unable = new Set<string>();

  return async (peer, query) => {
    const key = peer.toString();
    if (unable.has(key)) throw new NoListing("the Store listed nothing before");
    try {
      const stream = await streams.getStream(peer);
      if (stream === undefined) throw new NoListing("no stream to the Store");
      await stream.sink([encodeFrame(requestOf(query))]);
      return pageOf(await firstAnswer(stream.source));
    } catch (error) {
      if (isNoMatterOfListing(error)) throw error;
      unable.add(key);
      throw error instanceof NoListing ? error : new NoListing("the Store does not answer", { cause: error });
    }
  };
}

/** Too many queries in a short time, or no connection: whoever reads the messages instead gets no further. */
function isNoMatterOfListing(error: unknown): boolean {
  return error instanceof RefusalError || (error instanceof TransportError && error.code === "offline");
}

function requestOf({ contentTopic, pubsubTopic, from, to, cursor }: HashQuery): Uint8Array {
  return proto.StoreQueryRequest.encode({
    requestId: crypto.randomUUID(),
    includeData: false,
    pubsubTopic,
    contentTopics: [contentTopic],
    timeStart: nanoseconds(from),
    timeEnd: nanoseconds(to),
    messageHashes: [],
    ...(cursor === undefined ? {} : { paginationCursor: cursor }),
    paginationForward: true,
    paginationLimit: BigInt(MAX_HASHES),
  });
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.max(0, Math.trunc(ms))) * NANOSECONDS_PER_MILLISECOND;
}

/** Read to the end of the stream, which is then closed and not reset. */
async function firstAnswer(source: AsyncIterable<StreamChunk>): Promise<proto.StoreQueryResponse> {
  let answer: Uint8Array | undefined;
  for await (const body of readFrames(source, MAX_ANSWER_BYTES)) answer ??= body;
  return proto.StoreQueryResponse.decode(answer ?? new Uint8Array());
}

function pageOf({ statusCode, statusDesc, messages, paginationCursor }: proto.StoreQueryResponse): HashPage {
  if (statusCode === TOO_MANY) {
    throw new RefusalError(`Store query failed with status code: ${statusCode}, description: ${statusDesc}`);
  }
  if (statusCode !== OK) throw new NoListing(`the Store lists no hashes: ${statusCode} ${statusDesc ?? ""}`);
  const hashes = messages.flatMap(({ messageHash }) => (messageHash?.length === HASH_BYTES ? [messageHash] : []));
  if (hashes.length !== messages.length || hashes.length > MAX_HASHES) throw new NoListing("no list of hashes");
  return { hashes, cursor: hashes.length === 0 ? undefined : paginationCursor };
}
