import { ChannelError } from "./channel-client.ts";
import { MAX_TEXT_BYTES } from "./limits.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Null when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    //= protocol: WIRE-18
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The text of a message, or a `ChannelError` that says what is wrong with it. */
export function checkText(text: unknown): string {
  if (typeof text !== "string") throw new ChannelError("invalid", "A message needs text.");
  if (text.trim() === "") throw new ChannelError("empty", "Write something first: an empty message is not sent.");
  // No UTF-16 unit is less than one byte or more than three.
  //= protocol: WIRE-18
  const bytes = text.length * 3 > MAX_TEXT_BYTES ? encoder.encode(text).length : 0;
  if (bytes <= MAX_TEXT_BYTES) return text;
  const size = Math.ceil(bytes / 1024);
  const words = `This message is ${size} kB, the limit is ${MAX_TEXT_BYTES / 1024} kB. Send it in parts.`;
  throw new ChannelError("too-large", words);
}

/** The body of a message. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}
