import { proto_store } from "@waku/proto";
import type { RateLimiter } from "../limits/rate-limiter.ts";
import { type MessageStore, type StoredMessage, storedSize } from "../store/message-store.ts";
import type { RequestHandler } from "./serve-requests.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
/** Below the 4 MiB that clients allow for one response and buffer for one stream. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

/** Each content topic is a walk of its own. */
const MAX_CONTENT_TOPICS = 100;

const OK = 200;
const BAD_REQUEST = 400;
const TOO_MANY = 429;

/** Waku Store query v3 (specification 13) over `store`. */
export function storeQueryHandler(store: MessageStore, rate: RateLimiter): RequestHandler {
  return (body, peer) => {
    const request = proto_store.StoreQueryRequest.decode(body);
    const response = rate.admits(peer.toString())
      ? query(store, request)
      : refusal(TOO_MANY, "too many queries in a short time; wait a moment");
    return proto_store.StoreQueryResponse.encode({ requestId: request.requestId, ...response });
  };
}

function query(store: MessageStore, request: proto_store.StoreQueryRequest): Response {
  return request.messageHashes.length > 0 ? queryByHash(store, request) : queryByFilter(store, request);
}

function refusal(statusCode: number, statusDesc: string): Response {
  return { statusCode, statusDesc, messages: [] };
}

type Response = Omit<proto_store.StoreQueryResponse, "requestId">;

/** The topic fields are ignored here: the SDK sends a pubsub topic along, though the specification forbids it. */
function queryByHash(store: MessageStore, request: proto_store.StoreQueryRequest): Response {
  const limit = pageLimit(request);
  const start =
    request.paginationCursor === undefined ? 0 : indexAfter(request.messageHashes, request.paginationCursor);
  const found: StoredMessage[] = [];
  let bytes = 0;
  for (const hash of request.messageHashes.slice(start)) {
    const message = store.byHash(hash);
    if (message === undefined) {
      continue;
    }
    bytes += storedSize(message);
    if (found.length === limit || (found.length > 0 && bytes > MAX_PAGE_BYTES)) {
      return page(found, true, request);
    }
    found.push(message);
  }
  return page(found, false, request);
}

function queryByFilter(store: MessageStore, request: proto_store.StoreQueryRequest): Response {
  if (request.contentTopics.length > 0 && request.pubsubTopic === undefined) {
    return refusal(BAD_REQUEST, "contentTopics need a pubsubTopic");
  }
  if (request.contentTopics.length > MAX_CONTENT_TOPICS) {
    return refusal(BAD_REQUEST, `more than ${MAX_CONTENT_TOPICS} content topics; ask in several queries`);
  }
  const result = store.page({
    filter: {
      pubsubTopic: request.pubsubTopic,
      contentTopics: request.contentTopics,
      timeStart: request.timeStart,
      timeEnd: request.timeEnd,
    },
    cursor: request.paginationCursor,
    forward: request.paginationForward,
    limit: pageLimit(request),
    maxBytes: MAX_PAGE_BYTES,
  });
  if (result === undefined) {
    return refusal(BAD_REQUEST, "the cursor is unknown; start the query again");
  }
  return page(result.messages, result.more, request);
}

function page(messages: readonly StoredMessage[], more: boolean, request: proto_store.StoreQueryRequest): Response {
  const edge = request.paginationForward ? messages.at(-1) : messages[0];
  return {
    statusCode: OK,
    statusDesc: "OK",
    messages: messages.map((stored) => ({
      messageHash: stored.hash,
      ...(request.includeData ? { message: stored.message, pubsubTopic: stored.pubsubTopic } : {}),
    })),
    ...(more && edge !== undefined ? { paginationCursor: edge.hash } : {}),
  };
}

function pageLimit(request: proto_store.StoreQueryRequest): number {
  const asked = Number(request.paginationLimit ?? 0n);
  return asked > 0 ? Math.min(asked, MAX_PAGE) : DEFAULT_PAGE;
}

function indexAfter(hashes: readonly Uint8Array[], cursor: Uint8Array): number {
  const index = hashes.findIndex((hash) => hash.every((byte, position) => byte === cursor[position]));
  return index + 1;
}
