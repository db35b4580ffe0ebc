import type { StreamMuxerFactory } from "@libp2p/interface";
import type { StreamChunk } from "../wire/length-prefix.ts";

/** A batch that is this long goes out as it is: noise cuts it into pieces of about this length anyway. */
const MOST_BYTES = 65_000;
/**
 * In so many turns of the microtask queue the next piece of what is being written comes, if it comes without waiting for
 * anything: between opening a stream, writing to it and closing it there are up to a dozen.
 */
const QUIET_TURNS = 32;

/**
 * A stream muxer whose writes go out together if they come together. Left to itself each of them (open, data, close) is
 * encrypted, framed and given to the socket alone, and most of what a small message costs is that.
 */
export function batchedWrites<T>(create: (components: T) => StreamMuxerFactory): (components: T) => StreamMuxerFactory {
  return (components) => {
    const factory = create(components);
    return {
      protocol: factory.protocol,
      createStreamMuxer: (init) => {
        const muxer = factory.createStreamMuxer(init);
        muxer.source = inBatches(muxer.source);
        return muxer;
      },
    };
  };
}

/** The same bytes in fewer chunks. Ends, or throws, as `source` does, behind all that came before. */
export async function* inBatches(source: AsyncIterable<StreamChunk>): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let wake = (): void => {};
  let ended = false;

  async function read(): Promise<void> {
    try {
      for await (const chunk of source) {
        const piece = chunk instanceof Uint8Array ? chunk : chunk.subarray();
        pieces.push(piece);
        bytes += piece.length;
        wake();
      }
    } finally {
      ended = true;
      wake();
    }
  }

  async function settled(): Promise<void> {
    let before = 0;
    for (let quiet = 0; quiet < QUIET_TURNS && bytes < MOST_BYTES; quiet++) {
      if (bytes > before) quiet = 0;
      before = bytes;
      await null;
    }
  }

  const reading = read();
  reading.catch(() => undefined);
  while (bytes > 0 || !ended) {
    if (bytes === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    await settled();
    const batch = joined(pieces, bytes);
    pieces = [];
    bytes = 0;
    if (batch.length > 0) yield batch;
  }
  await reading;
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
