import type { Connection, IncomingStreamData, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { encodeFrame, readFrames } from "../../../src/transport/waku/wire/length-prefix.ts";

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_REQUEST_BYTES = 1024 * 1024;
const MAX_INBOUND_STREAMS = 256;

/** Answers one request body of one peer, over one of its connections, with one response body. Throwing resets the stream. */
export type RequestHandler = (
  body: Uint8Array,
  peer: PeerId,
  connection: Connection,
) => Uint8Array | Promise<Uint8Array>;

/** Serves a one-request, one-response protocol until the node stops. */
export async function serveRequests(libp2p: Libp2p, codec: string, handler: RequestHandler): Promise<void> {
  const onStream = ({ stream, connection }: IncomingStreamData): void => {
    void answer(stream, connection, handler);
  };
  await libp2p.handle(codec, onStream, { maxInboundStreams: MAX_INBOUND_STREAMS });
}

async function answer(stream: Stream, connection: Connection, handler: RequestHandler): Promise<void> {
  const timer = setTimeout(() => stream.abort(new Error("the request took too long")), REQUEST_TIMEOUT_MS);
  try {
    let answered = false;
    // Leaving the loop at the first frame would reset our reading half while the remote side still writes; mplex then
    // counts its bytes as stray and drops the whole connection. So read on until the remote side has closed.
    for await (const body of readFrames(stream.source, MAX_REQUEST_BYTES)) {
      if (!answered) {
        answered = true;
        const response = await handler(body, connection.remotePeer, connection);
        await stream.sink([encodeFrame(response)]);
      }
    }
    await stream.close();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
  } finally {
    clearTimeout(timer);
  }
}

/** The other side of `serveRequests`. Rejects when there is no answer or `signal` aborts. */
export async function requestOnce(
  connection: Connection,
  codec: string,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const stream = await connection.newStream(codec, { signal });
  const onAbort = (): void => stream.abort(new Error("the request took too long"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    let answer: Uint8Array | undefined;
    await stream.sink([encodeFrame(body)]);
    for await (const frame of readFrames(stream.source, MAX_REQUEST_BYTES)) {
      answer ??= frame;
    }
    if (answer === undefined) {
      throw new Error("the other side closed the stream without an answer");
    }
    return answer;
  } finally {
    signal.removeEventListener("abort", onAbort);
    await stream.close();
  }
}
