import { proto_store } from "@waku/proto";
import type { RequestHandler } from "../../service-node/services/serve-requests.ts";

const HASH_BYTES = 32;
const NANOSECONDS = 1_000_000n;

export interface MadeUpStoreOptions {
  /** Messages in a page; what was asked for unless this says otherwise. */
  readonly perPage?: number;
  readonly payloadBytes?: number;
  /** Milliseconds from one message to the next; 0: all have one time, below 0: they go back. */
  readonly stepMs?: number;
  /** Before each answer. */
  readonly delayMs?: number;
  /** What becomes of each answer. */
  readonly twist?: (response: proto_store.StoreQueryResponse, page: number) => Partial<proto_store.StoreQueryResponse>;
}

export interface MadeUpStore {
  readonly handler: RequestHandler;
  /** Bytes of answers so far. */
  bytes(): number;
  pages(): number;
}

/** A Store without end: it has as many messages as anybody asks for, of any topic, and none that was asked for by hash. */
export function createMadeUpStore(options: MadeUpStoreOptions = {}): MadeUpStore {
  const { payloadBytes = 600, stepMs = 1, delayMs = 0, twist = () => ({}) } = options;
  let [bytes, pages] = [0, 0];

  function messagesOf(request: proto_store.StoreQueryRequest): proto_store.WakuMessageKeyValue[] {
    if (request.messageHashes.length > 0) return [];
    const { paginationCursor, contentTopics, pubsubTopic = "", timeStart = 0n } = request;
    const first = paginationCursor === undefined ? 0 : numberIn(paginationCursor) + 1;
    const count = options.perPage ?? Number(request.paginationLimit ?? 20n);
    return Array.from({ length: count }, (_, index) => {
      const number = first + index;
      const payload = withNumber(payloadBytes, number);
      const timestamp = timeStart + BigInt(2 + number * stepMs) * NANOSECONDS;
      const message = { payload, contentTopic: contentTopics[0] ?? "", version: 1, timestamp };
      const messageHash = withNumber(HASH_BYTES, number);
      return request.includeData ? { messageHash, message, pubsubTopic } : { messageHash };
    });
  }

  return {
    handler: async (body) => {
      const request = proto_store.StoreQueryRequest.decode(body);
      const messages = messagesOf(request);
      const paginationCursor = messages.at(-1)?.messageHash;
      const response = {
        ...{ requestId: request.requestId, statusCode: 200, statusDesc: "OK", messages },
        ...(paginationCursor === undefined ? {} : { paginationCursor }),
      };
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      const answer = proto_store.StoreQueryResponse.encode({ ...response, ...twist(response, pages) });
      pages++;
      bytes += answer.length;
      return answer;
    },
    bytes: () => bytes,
    pages: () => pages,
  };
}

function withNumber(length: number, number: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}
