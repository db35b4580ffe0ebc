import type { Connection, Stream } from "@libp2p/interface";
import type { Random } from "../../../runtime/port.ts";

/** libp2p's ping: what is written is sent back. */
export const PING_CODEC = "/ipfs/ping/1.0.0";
const PING_BYTES = 32;

/** Pings over one connection, over one stream for as long as the other side keeps that open. */
export interface PingStream {
  /**
   * Resolves with the answer; rejects when the stream ends without one, of which the next call opens another. One at a time.
   */
  ping(): Promise<void>;
  close(): void;
}

interface OpenStream {
  readonly stream: Stream;
  readonly send: (bytes: Uint8Array) => void;
  answered: () => void;
  failed: (error: Error) => void;
}

/**
 * libp2p's own pings open a stream each, which costs six times the bytes: a multistream handshake, and the end of both halves.
 */
export function createPingStream(connection: Pick<Connection, "newStream">, random: Pick<Random, "bytes">): PingStream {
  const closing = new AbortController();
  let current: OpenStream | undefined;

  async function open(): Promise<OpenStream> {
    const stream = await connection.newStream(PING_CODEC, { signal: closing.signal, runOnLimitedConnection: true });
    const outgoing = createOutgoing();
    const opened: OpenStream = { stream, send: outgoing.send, answered: nothing, failed: nothing };
    current = opened;
    void Promise.all([stream.sink(outgoing.source), read(opened)])
      .then(() => new Error("the other side closed the ping stream"), toError)
      .then((error) => {
        if (current === opened) current = undefined;
        outgoing.end();
        opened.failed(error);
        stream.abort(error);
      });
    return opened;
  }

  /** Ends with the stream, by either side, so that the next ping has another. */
  async function read(opened: OpenStream): Promise<void> {
    let length = 0;
    for await (const chunk of opened.stream.source) {
      length += chunk.byteLength;
      for (; length >= PING_BYTES; length -= PING_BYTES) opened.answered();
    }
    throw new Error("the other side closed the ping stream");
  }

  return {
    ping: async () => {
      closing.signal.throwIfAborted();
      const opened = current ?? (await open());
      await new Promise<void>((resolve, reject) => {
        opened.answered = resolve;
        opened.failed = reject;
        opened.send(random.bytes(PING_BYTES));
      });
    },
    close: () => {
      const error = new Error("the ping stream is closed");
      closing.abort(error);
      current?.stream.abort(error);
    },
  };
}

function nothing(): void {}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What is sent, as the source that a stream wants. */
function createOutgoing() {
  const waiting: Uint8Array[] = [];
  let wake = nothing;
  let ended = false;

  async function* source(): AsyncGenerator<Uint8Array> {
    while (!ended) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }

  return {
    source: source(),
    send: (bytes: Uint8Array): void => {
      waiting.push(bytes);
      wake();
    },
    end: (): void => {
      ended = true;
      wake();
    },
  };
}
