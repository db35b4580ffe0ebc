import { utf8Bytes } from "../../sds/wire/utf8.ts";

/** A u64 is a safe integer; a string is taken as UTF-8. */
export type FrameInput = Uint8Array | string | number;

/**
 * What is hashed or signed: the domain tag, then the inputs, each as a 4-byte big-endian length and its bytes. Numbers
 * are 8 bytes, big-endian. The lengths make the result injective (no two lists of inputs give the same bytes), and the
 * tag keeps a signature or hash made for one purpose from being taken for another.
 */
export function frame(tag: string, ...inputs: readonly FrameInput[]): Uint8Array {
  const parts = [tag, ...inputs].map(bytesOf);
  const framed = new Uint8Array(parts.reduce((total, part) => total + 4 + part.length, 0));
  const view = new DataView(framed.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    framed.set(part, at + 4);
    at += 4 + part.length;
  }
  return framed;
}

function bytesOf(input: FrameInput): Uint8Array {
  if (typeof input === "string") return utf8Bytes(input);
  if (typeof input !== "number") return input;
  if (!Number.isSafeInteger(input) || input < 0)
    throw new RangeError(`A framed number must be 0 to 2^53 - 1: ${input}`);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(input / 2 ** 32));
  view.setUint32(4, input % 2 ** 32);
  return bytes;
}
