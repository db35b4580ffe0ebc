import type { Connection, Stream } from "@libp2p/interface";
import type { Clock } from "../../../runtime/port.ts";
import { TransportError } from "../../port.ts";
import { LIGHTPUSH_CODEC } from "../wire/codecs.ts";
import { senselessAnswer } from "../wire/errors.ts";
import { encodeFrame, FramingError, readFrames } from "../wire/length-prefix.ts";

/** An answer is a status and a few words. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Lightpush requests, each on a stream of its own. The SDK's client asks its peer store four times for each message, encodes
 * it twice, and waits for the service node to agree to the protocol before it sends: here the request goes out behind
 * the name of the protocol at once, which service nodes read like any other.
 */
export interface LightpushClient {
  /** The body of the answer to the body of a request. Rejects with `TransportError`: `timeout`, `offline`, `rejected`. */
  ask(connection: Connection, request: Uint8Array): Promise<Uint8Array>;
  /** Drops the time limits, so that no timer outlives the connections. */
  stop(): void;
}

export interface LightpushClientOptions {
  readonly clock: Clock;
  /** After this long without an answer a request is given up. */
  readonly limitMs: number;
  /** A request is about to go over this connection. */
  readonly onAsk: (connection: Connection) => void;
}

export function createLightpushClient({ clock, limitMs, onAsk }: LightpushClientOptions): LightpushClient {
  const limits = new Set<() => void>();

  /** Returns what ends the limit. */
  function limited(stream: Stream): () => void {
    const cancel = clock.schedule(limitMs, () => {
      limits.delete(cancel);
      stream.abort(new TransportError("timeout", `no answer from the service node in ${limitMs} ms; try again`));
    });
    limits.add(cancel);
    return () => {
      cancel();
      limits.delete(cancel);
    };
  }

  async function ask(connection: Connection, request: Uint8Array): Promise<Uint8Array> {
    // Opening waits for nobody, so nothing ever aborts it; without a signal libp2p makes a timer.
    const { signal } = new AbortController();
    onAsk(connection);
    const stream = await connection.newStream(LIGHTPUSH_CODEC, { signal, negotiateFully: false });
    const endLimit = limited(stream);
    return new Promise((resolve, reject) => {
      exchange(stream, request, resolve)
        // Too late, if there was an answer.
        .then(() => reject(brokenError(undefined)), reject)
        .finally(endLimit);
    });
  }

  return {
    ask: (connection, request) => ask(connection, request).catch(asTransportError),
    stop: () => {
      for (const cancel of limits) cancel();
      limits.clear();
    },
  };
}

/** Tells the answer as soon as it is there, and reads on until the service node has closed: then the stream is gone. */
async function exchange(stream: Stream, request: Uint8Array, onAnswer: (body: Uint8Array) => void): Promise<void> {
  try {
    const sending = stream.sink([encodeFrame(request)]);
    // It is a reset then, of which reading tells as well.
    sending.catch(() => undefined);
    for await (const body of readFrames(stream.source, MAX_ANSWER_BYTES)) onAnswer(body);
    await sending;
    await stream.close();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function asTransportError(error: unknown): never {
  if (error instanceof TransportError) throw error;
  if (error instanceof FramingError) throw senselessAnswer(error);
  if (error instanceof Error && error.name === "UnsupportedProtocolError") {
    throw new TransportError("rejected", "the service node has no lightpush v3; use another one", { cause: error });
  }
  throw brokenError(error);
}

function brokenError(cause: unknown): TransportError {
  return new TransportError("offline", "the connection to the service node broke; it is being restored", { cause });
}
