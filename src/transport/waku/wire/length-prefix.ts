/**
 * Waku's request protocols put exactly one protobuf per frame on a libp2p stream: an unsigned LEB128 length, then the
 * bytes. Both our client and our service node read and write frames through this module.
 */
const MAX_LENGTH_BYTES = 5;

/** What libp2p streams yield: a `Uint8Array` or a list of them that can be flattened. */
export type StreamChunk = Uint8Array | { subarray(): Uint8Array };

/** A frame that is malformed, or longer than the reader allows. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

/** Prefixes `body` with its length. */
export function encodeFrame(body: Uint8Array): Uint8Array {
  const prefix: number[] = [];
  let rest = body.length;
  while (rest >= 0x80) {
    prefix.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  prefix.push(rest);
  const frame = new Uint8Array(prefix.length + body.length);
  frame.set(prefix);
  frame.set(body, prefix.length);
  return frame;
}

/**
 * Yields the body of each frame in `source`; bytes left over when the source ends are an unfinished frame and throw.
 * @throws {FramingError} when a length is malformed or above `maxBytes`, before that much is buffered.
 */
export async function* readFrames(source: AsyncIterable<StreamChunk>, maxBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = new ChunkBuffer();
  for await (const chunk of source) {
    buffer.push(chunk instanceof Uint8Array ? chunk : chunk.subarray());
    let body = takeFrame(buffer, maxBytes);
    while (body !== undefined) {
      yield body;
      body = takeFrame(buffer, maxBytes);
    }
  }
  if (buffer.length > 0) {
    throw new FramingError("the stream ended inside a frame; the remote side closed it early");
  }
}

/** The body of the first frame in `chunks`; `undefined` if it is not complete. */
export function firstFrame(chunks: readonly Uint8Array[]): Uint8Array | undefined {
  const buffer = new ChunkBuffer();
  for (const chunk of chunks) {
    buffer.push(chunk);
  }
  return takeFrame(buffer, Number.POSITIVE_INFINITY);
}

function takeFrame(buffer: ChunkBuffer, maxBytes: number): Uint8Array | undefined {
  const prefix = buffer.peek(MAX_LENGTH_BYTES);
  let length = 0;
  for (let index = 0; index < prefix.length; index += 1) {
    const byte = prefix[index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) !== 0) {
      continue;
    }
    if (length > maxBytes) {
      throw new FramingError(`a frame of ${length} bytes is above the limit of ${maxBytes}`);
    }
    const total = index + 1 + length;
    return buffer.length < total ? undefined : buffer.take(total).subarray(index + 1);
  }
  if (prefix.length >= MAX_LENGTH_BYTES) {
    throw new FramingError("the length prefix of a frame does not end within five bytes");
  }
  return undefined;
}

/** Collects chunks and joins them only when a whole frame is there, so that a long frame costs one copy. */
class ChunkBuffer {
  length = 0;
  private chunks: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    if (chunk.length > 0) {
      this.chunks.push(chunk);
      this.length += chunk.length;
    }
  }

  peek(count: number): Uint8Array {
    const first = this.chunks[0];
    if (first === undefined) {
      return new Uint8Array(0);
    }
    if (first.length >= count || this.chunks.length === 1) {
      return first.subarray(0, count);
    }
    const joined: number[] = [];
    for (const chunk of this.chunks) {
      for (const byte of chunk) {
        joined.push(byte);
        if (joined.length === count) {
          return Uint8Array.from(joined);
        }
      }
    }
    return Uint8Array.from(joined);
  }

  /** The first `count` bytes as one array that nobody else holds; `count` must not exceed `length`. */
  take(count: number): Uint8Array {
    const result = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const chunk = this.chunks[0] as Uint8Array;
      const wanted = count - filled;
      if (chunk.length <= wanted) {
        result.set(chunk, filled);
        filled += chunk.length;
        this.chunks.shift();
      } else {
        result.set(chunk.subarray(0, wanted), filled);
        filled += wanted;
        this.chunks[0] = chunk.subarray(wanted);
      }
    }
    this.length -= count;
    return result;
  }
}
