import type { MultiaddrConnection } from "@libp2p/interface";

/** The other side sent more than anybody asked for or reads. */
export class FloodError extends Error {
  override readonly name = "FloodError";
}

/** How much may come over a socket before it is read. */
export interface UnreadLimit {
  /** From now on it is so many bytes, and only what is not read yet counts. */
  raise(maxBytes: number): void;
}

type Chunk = { readonly byteLength: number };

/**
 * Ends the socket when more than `maxBytes` come over it, read or not, until `raise` is called. A WebSocket cannot be told to wait: what
 * nobody reads is kept, by the gigabyte if the other side likes. So it is read here as it comes.
 */
export function limitUnread(
  socket: Pick<MultiaddrConnection, "source" | "abort">,
  maxBytes: number,
  onFlood: () => void,
): UnreadLimit {
  const waiting: Chunk[] = [];
  let limit = maxBytes;
  let isRaised = false;
  let bytes = 0;
  let end: { readonly error?: unknown } | undefined;
  let wake = (): void => {};

  function take(chunk: Chunk): void {
    bytes += chunk.byteLength;
    if (bytes > limit) throw new FloodError(`more than ${limit} bytes came that nobody reads`);
    waiting.push(chunk);
    wake();
  }

  async function readAsItComes(source: AsyncIterable<Chunk>): Promise<void> {
    try {
      for await (const chunk of source) {
        // Whoever reads has left: the socket is about to be closed.
        if (end === undefined) take(chunk);
      }
      end ??= {};
    } catch (error) {
      if (error instanceof FloodError) {
        waiting.length = 0;
        onFlood();
        socket.abort(error);
      }
      end ??= { error };
    } finally {
      wake();
    }
  }

  async function* read(): AsyncGenerator<Chunk> {
    try {
      while (true) {
        const chunk = waiting.shift();
        if (chunk !== undefined) {
          if (isRaised) bytes -= chunk.byteLength;
          yield chunk;
        } else if (end === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ("error" in end) {
          throw end.error;
        } else {
          return;
        }
      }
    } finally {
      end ??= {};
      waiting.length = 0;
    }
  }

  void readAsItComes(socket.source);
  // In place: libp2p hears of the end of the connection by what it writes into this object.
  socket.source = read() as MultiaddrConnection["source"];
  return {
    raise: (most) => {
      limit = most;
      isRaised = true;
      bytes = waiting.reduce((sum, { byteLength }) => sum + byteLength, 0);
    },
  };
}
