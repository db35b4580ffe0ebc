import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import type { Clock } from "../../../runtime/port.ts";
import { TransportError } from "../../port.ts";
import { createOneFrame } from "../wire/one-frame.ts";
import type { StreamManager } from "../wire/sdk-parts.ts";

export interface StreamRules {
  readonly codec: string;
  /** The stream is reset after this long. */
  readonly limitMs: number;
  /** Of an answer, which is one frame; whoever sends more is cut off. */
  readonly maxAnswerBytes: number;
  /** True: `getStream` rejects with `TransportError` where the SDK's returns `undefined`. */
  readonly throws: boolean;
  /**
   * Without an answer in time the connection ends, since its other side is gone or of no use. Where one was answered before,
   * there is this much time: the network may stand still for a while.
   */
  readonly isVital?: { readonly laterLimitMs: number };
}

/**
 * Gives the SDK's protocol clients their streams, since in those of its own stream manager
 * - a request has no time limit: a silent service node would hold it for ever;
 * - an answer has no end but its stream's: a service node that goes on sending would fill the memory;
 * - a stream that cannot be opened is `undefined`, which the Store client takes for the end of the history;
 * - two requests may get one stream: it is found by its protocol before it is marked as taken;
 * - one stream waits in reserve, and has often been reset by the service node when it is needed.
 */
export interface RequestStreams {
  /** From now on `manager` hands out streams by these rules. */
  takeOver(manager: StreamManager, events: Pick<EventTarget, "removeEventListener">, rules: StreamRules): void;
  /** Drops the time limits, so that no timer outlives the connections. */
  stop(): void;
}

export interface RequestStreamsOptions {
  readonly libp2p: Pick<Libp2p, "getConnections">;
  /** A request is about to go over this connection. */
  readonly onAsk: (connection: Connection) => void;
  /** An answer over this connection, which ends, was longer than any may be. */
  readonly onFlood: (connection: Connection) => void;
  readonly clock: Clock;
}

export function createRequestStreams({ libp2p, clock, onAsk, onFlood }: RequestStreamsOptions): RequestStreams {
  const limits = new Set<() => void>();

  /** Returns what ends the limit. */
  function limited(limitMs: number, onLimit: () => void): () => void {
    const cancel = clock.schedule(limitMs, () => {
      limits.delete(cancel);
      onLimit();
    });
    limits.add(cancel);
    return () => {
      cancel();
      limits.delete(cancel);
    };
  }

  async function open(peer: PeerId, rules: StreamRules, answered: WeakSet<Connection>): Promise<Stream> {
    const connection = newest(libp2p.getConnections(peer));
    if (connection === undefined) {
      throw new TransportError("offline", "the connection to the service node is gone; it is being restored");
    }
    const opening = new AbortController();
    let stream: Stream | undefined;
    const laterLimitMs = answered.has(connection) ? rules.isVital?.laterLimitMs : undefined;
    const limitMs = laterLimitMs ?? rules.limitMs;
    const done = limited(limitMs, () => {
      opening.abort();
      stream?.abort(timeoutError(limitMs));
      if (rules.isVital !== undefined) connection.abort(timeoutError(limitMs));
    });
    onAsk(connection);
    try {
      stream = await connection.newStream(rules.codec, { signal: opening.signal });
      return observed(stream, {
        maxBytes: rules.maxAnswerBytes,
        onDone: done,
        onAnswer: () => answered.add(connection),
        onFlood: () => {
          onFlood(connection);
          connection.abort(floodError());
        },
      });
    } catch (error) {
      done();
      throw opening.signal.aborted ? timeoutError(limitMs) : explain(error, rules.codec);
    }
  }

  return {
    takeOver: (manager, events, rules) => {
      events.removeEventListener("peer:update", manager.handlePeerUpdateStreamPool as EventListener);
      const answered = new WeakSet<Connection>();
      manager.getStream = async (peer) => {
        try {
          return await open(peer, rules, answered);
        } catch (error) {
          if (rules.throws) throw error;
          return undefined;
        }
      };
    },
    stop: () => {
      for (const cancel of limits) cancel();
      limits.clear();
    },
  };
}

function newest(connections: readonly Connection[]): Connection | undefined {
  const open = connections.filter((connection) => connection.status === "open");
  return open.sort((left, right) => right.timeline.open - left.timeline.open)[0];
}

interface Observer {
  readonly maxBytes: number;
  readonly onDone: () => void;
  /** It was read to its end. */
  readonly onAnswer: () => void;
  readonly onFlood: () => void;
}

/** The halves of `stream` that the SDK uses. */
function observed(stream: Stream, observer: Observer): Stream {
  const { id, protocol } = stream;
  const halves = { id, protocol, sink: stream.sink, source: received(stream, observer) };
  return halves as unknown as Stream;
}

async function* received(stream: Stream, { maxBytes, onDone, onAnswer, onFlood }: Observer): AsyncGenerator<unknown> {
  const answer = createOneFrame(maxBytes);
  let isEnded = false;
  try {
    for await (const chunk of stream.source) {
      if (!answer.hasRoomFor(chunk)) {
        onFlood();
        throw floodError();
      }
      yield chunk;
    }
    isEnded = true;
    onAnswer();
  } finally {
    onDone();
    if (isEnded) {
      stream.close().catch((error: Error) => stream.abort(error));
    } else {
      stream.abort(new Error("the answer was not read to its end"));
    }
  }
}

function floodError(): TransportError {
  return new TransportError("rejected", "the service node sent more than an answer may have; use another one");
}

function timeoutError(limitMs: number): TransportError {
  return new TransportError("timeout", `no answer from the service node in ${limitMs} ms; try again`);
}

function explain(error: unknown, codec: string): Error {
  return error instanceof Error && error.name === "UnsupportedProtocolError"
    ? new UnsupportedProtocol(`the service node does not speak ${codec}`, { cause: error })
    : new TransportError("offline", "the connection to the service node broke; it is being restored", { cause: error });
}

/** The service node answered, but does not speak the protocol. */
export class UnsupportedProtocol extends Error {
  override readonly name = "UnsupportedProtocol";
}
