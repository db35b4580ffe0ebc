import type { Connection, Stream } from "@libp2p/interface";
import { TransportError } from "../port.ts";
import { encodeFrame, readFrames } from "./framing.ts";

/** A Store page is the longest response: nwaku allows 100 messages of 150 KiB. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** The peer answered, but does not speak the protocol. */
export class UnsupportedProtocol extends Error {
  override readonly name = "UnsupportedProtocol";
}

/**
 * Sends one request on a stream of its own and returns the one response. The stream is closed or reset in every case,
 * so that nothing is left behind on a connection that lives for days.
 * @throws {UnsupportedProtocol} if the peer lacks `codec`.
 * @throws {TransportError} `timeout` after `timeoutMs`, `offline` when the stream or connection breaks.
 */
export async function request(
  connection: Connection,
  codec: string,
  body: Uint8Array,
  timeoutMs: number,
): Promise<Uint8Array> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  let stream: Stream | undefined;
  const answer: { body?: Uint8Array } = {};
  try {
    stream = await connection.newStream(codec, { signal: abort.signal });
    await exchange(stream, body, abort.signal, answer);
    return answered(answer);
  } catch (error) {
    const failure = explain(error, codec, abort.signal.aborted, timeoutMs);
    stream?.abort(failure);
    // A peer that answered and then failed to close its side has still answered.
    if (answer.body !== undefined) {
      return answer.body;
    }
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

function answered(answer: { body?: Uint8Array }): Uint8Array {
  if (answer.body === undefined) {
    throw new Error("the service node closed the stream without an answer");
  }
  return answer.body;
}

async function exchange(
  stream: Stream,
  body: Uint8Array,
  signal: AbortSignal,
  answer: { body?: Uint8Array },
): Promise<void> {
  // Aborting the stream makes its source throw, which ends the loop below.
  const onAbort = (): void => stream.abort(new Error("the request timed out"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    // Not awaited here: a peer that answers before it has read everything must still be heard.
    const sent = stream.sink([encodeFrame(body)]);
    sent.catch(() => undefined);
    for await (const frame of readFrames(stream.source, MAX_RESPONSE_BYTES)) {
      answer.body ??= frame;
    }
    await sent;
    await stream.close({ signal });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function explain(error: unknown, codec: string, timedOut: boolean, timeoutMs: number): Error {
  if (timedOut) {
    return new TransportError("timeout", `no answer from the service node in ${timeoutMs} ms; try again`, {
      cause: error,
    });
  }
  if (error instanceof Error && error.name === "UnsupportedProtocolError") {
    return new UnsupportedProtocol(`the service node does not speak ${codec}`, { cause: error });
  }
  return new TransportError("offline", "the connection to the service node broke; it is being restored", {
    cause: error,
  });
}
