import type { Connection } from "@libp2p/interface";
import { proto_store as proto } from "@waku/proto";
import { type HistoryPage, type HistoryQuery, type InboundFrame, TransportError } from "../port.ts";
import { STORE_QUERY_CODEC } from "./codecs.ts";
import { request, UnsupportedProtocol } from "./request.ts";
import { toInboundFrame } from "./wire.ts";

const PAGE_SIZE = 100;
const PAGE_TIMEOUT_MS = 20_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

type Criteria = Pick<
  proto.StoreQueryRequest,
  "pubsubTopic" | "contentTopics" | "timeStart" | "timeEnd" | "messageHashes"
>;

/**
 * Yields the stored messages of one service node, oldest page first, until the Store says that there are no more. A
 * page that cannot be had throws, so that a broken stream never looks like an empty history.
 * @throws {TransportError} `no-store` if the node serves no Store or refuses; `timeout`, `offline`.
 */
export async function* queryStore(
  connection: Connection,
  query: HistoryQuery,
  pubsubTopic: string,
): AsyncGenerator<HistoryPage> {
  for (const criteria of criteriaOf(query, pubsubTopic)) {
    yield* pages(connection, criteria, query.contentTopic, pubsubTopic);
  }
}

function* criteriaOf(query: HistoryQuery, pubsubTopic: string): Generator<Criteria> {
  if (query.by === "time") {
    const timeStart = BigInt(Math.trunc(query.from)) * NANOSECONDS_PER_MILLISECOND;
    const timeEnd = BigInt(Math.trunc(query.to)) * NANOSECONDS_PER_MILLISECOND;
    if (timeStart < timeEnd) {
      yield { pubsubTopic, contentTopics: [query.contentTopic], timeStart, timeEnd, messageHashes: [] };
    }
    return;
  }
  for (let start = 0; start < query.hashes.length; start += PAGE_SIZE) {
    // Topics must be absent from a query by hash.
    yield { contentTopics: [], messageHashes: query.hashes.slice(start, start + PAGE_SIZE) };
  }
}

async function* pages(
  connection: Connection,
  criteria: Criteria,
  contentTopic: string,
  pubsubTopic: string,
): AsyncGenerator<HistoryPage> {
  let cursor: Uint8Array | undefined;
  while (true) {
    const response = await ask(connection, criteria, cursor);
    const frames = framesOf(response, contentTopic, pubsubTopic);
    if (frames.length > 0) {
      yield { frames };
    }
    const next = response.paginationCursor;
    const isLast = next === undefined || next.length === 0 || response.messages.length === 0;
    // A Store that returns the cursor it was given would keep us here for ever.
    if (isLast || (cursor !== undefined && isSame(cursor, next))) {
      return;
    }
    cursor = next;
  }
}

async function ask(
  connection: Connection,
  criteria: Criteria,
  cursor: Uint8Array | undefined,
): Promise<proto.StoreQueryResponse> {
  const body = proto.StoreQueryRequest.encode({
    requestId: crypto.randomUUID(),
    includeData: true,
    ...criteria,
    ...(cursor === undefined ? {} : { paginationCursor: cursor }),
    paginationForward: true,
    paginationLimit: BigInt(PAGE_SIZE),
  });
  const response = proto.StoreQueryResponse.decode(await send(connection, body));
  const status = response.statusCode ?? 0;
  if (status < 200 || status >= 300) {
    const detail = `${status} ${response.statusDesc ?? ""}`.trim();
    throw new TransportError("no-store", `the Store refused the query: ${detail}; ask again later`);
  }
  return response;
}

async function send(connection: Connection, body: Uint8Array): Promise<Uint8Array> {
  try {
    return await request(connection, STORE_QUERY_CODEC, body, PAGE_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof UnsupportedProtocol) {
      throw new TransportError("no-store", "the service node keeps no messages (no Store); add one that does", {
        cause: error,
      });
    }
    throw error;
  }
}

/** A query by hash may return messages of other topics; those are not of this channel. */
function framesOf(response: proto.StoreQueryResponse, contentTopic: string, pubsubTopic: string): InboundFrame[] {
  const frames: InboundFrame[] = [];
  for (const { message } of response.messages) {
    if (message !== undefined && message.contentTopic === contentTopic) {
      frames.push(toInboundFrame(message, pubsubTopic));
    }
  }
  return frames;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
