import { proto_store } from "@waku/proto";
import type { RequestHandler } from "./framing.ts";
import type { MessageStore, StoredMessage } from "./message-store.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
/** Below the 4 MiB that clients allow for one response and buffer for one stream. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

const OK = 200;
const BAD_REQUEST = 400;

/** Waku Store query v3 (specification 13) over `store`. */
export function storeQueryHandler(store: MessageStore): RequestHandler {
  return (body) => {
    const request = proto_store.StoreQueryRequest.decode(body);
    const response = request.messageHashes.length > 0 ? queryByHash(store, request) : queryByFilter(store, request);
    return proto_store.StoreQueryResponse.encode({ requestId: request.requestId, ...response });
  };
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
    bytes += message.message.payload.length;
    if (found.length === limit || (found.length > 0 && bytes > MAX_PAGE_BYTES)) {
      return page(found, true, request);
    }
    found.push(message);
  }
  return page(found, false, request);
}

function queryByFilter(store: MessageStore, request: proto_store.StoreQueryRequest): Response {
  if (request.contentTopics.length > 0 && request.pubsubTopic === undefined) {
    return { statusCode: BAD_REQUEST, statusDesc: "contentTopics need a pubsubTopic", messages: [] };
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
    return { statusCode: BAD_REQUEST, statusDesc: "the cursor is unknown; start the query again", messages: [] };
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
