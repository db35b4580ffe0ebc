import { frameSize, MAX_LENGTH_BYTES } from "./length-prefix.ts";

/** What comes over a stream that is to hold one frame and nothing else. */
export interface OneFrame {
  /** Counts what came; false: it is more than the frame, or more than `maxBytes`. */
  hasRoomFor(chunk: { readonly byteLength: number; subarray(): Uint8Array }): boolean;
}

/** Whoever reads a frame after the other would read frames of no length without end. */
export function createOneFrame(maxBytes: number): OneFrame {
  let start = new Uint8Array(0);
  let bytes = 0;
  let most = maxBytes;

  function noteStart(chunk: Uint8Array): void {
    const joined = new Uint8Array(start.length + Math.min(chunk.length, MAX_LENGTH_BYTES - start.length));
    joined.set(start);
    joined.set(chunk.subarray(0, joined.length - start.length), start.length);
    start = joined;
    const size = frameSize(start);
    if (size !== undefined) most = Math.min(maxBytes, size.prefix + size.body);
  }

  return {
    hasRoomFor: (chunk) => {
      if (start.length < MAX_LENGTH_BYTES) noteStart(chunk.subarray());
      bytes += chunk.byteLength;
      return bytes <= most;
    },
  };
}
