import { type ChunkBuffer, createChunkBuffer } from "./chunk-buffer.ts";

/**
 * Waku's request protocols put exactly one protobuf per frame on a libp2p stream: an unsigned LEB128 length, then the
 * bytes. Both our client and our service node read and write frames through this module.
 */
export const MAX_LENGTH_BYTES = 5;

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
  const buffer = createChunkBuffer();
  for await (const chunk of source) {
    buffer.push(chunk instanceof Uint8Array ? chunk : chunk.subarray());
    let body = takeFrame(buffer, maxBytes);
    while (body !== undefined) {
      yield body;
      body = takeFrame(buffer, maxBytes);
    }
  }
  if (buffer.length() > 0) throw new FramingError("the stream ended inside a frame; the remote side closed it early");
}

/** The body of the first frame in `chunks`; `undefined` if it is not complete. */
export function firstFrame(chunks: readonly Uint8Array[]): Uint8Array | undefined {
  const buffer = createChunkBuffer();
  for (const chunk of chunks) buffer.push(chunk);
  return takeFrame(buffer, Number.POSITIVE_INFINITY);
}

/** How long a frame is that begins with these bytes: its length in front, and its body. `undefined` while the former is not whole. */
export function frameSize(start: Uint8Array): { readonly prefix: number; readonly body: number } | undefined {
  let body = 0;
  for (let index = 0; index < Math.min(start.length, MAX_LENGTH_BYTES); index += 1) {
    const byte = start[index] ?? 0;
    body += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { prefix: index + 1, body };
  }
  return undefined;
}

function takeFrame(buffer: ChunkBuffer, maxBytes: number): Uint8Array | undefined {
  const start = buffer.peek(MAX_LENGTH_BYTES);
  const size = frameSize(start);
  if (size === undefined) {
    if (start.length < MAX_LENGTH_BYTES) return undefined;
    throw new FramingError("the length prefix of a frame does not end within five bytes");
  }
  const { prefix, body } = size;
  if (body > maxBytes) throw new FramingError(`a frame of ${body} bytes is above the limit of ${maxBytes}`);
  return buffer.length() < prefix + body ? undefined : buffer.take(prefix + body).subarray(prefix);
}
