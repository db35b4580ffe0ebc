import { ChannelError } from "./channel-client.ts";
import { MAX_REQUEST_ID_LENGTH, MAX_TEXT_BYTES } from "./limits.ts";

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

/** The body of a message, or a `ChannelError` that says what is wrong with the text. Nothing was kept then. */
export function encodeText(text: string): Uint8Array {
  if (typeof text !== "string") throw new ChannelError("invalid", "A message needs text.");
  if (text.trim() === "") throw new ChannelError("empty", "Write something first: an empty message is not sent.");
  const bytes = encoder.encode(text);
  //= protocol: WIRE-18
  if (bytes.length > MAX_TEXT_BYTES) {
    const limit = MAX_TEXT_BYTES / 1024;
    const size = Math.ceil(bytes.length / 1024);
    throw new ChannelError("too-large", `This message is ${size} kB, the limit is ${limit} kB. Send it in parts.`);
  }
  return bytes;
}

export function checkRequestId(requestId: string): void {
  if (typeof requestId === "string" && requestId.length > 0 && requestId.length <= MAX_REQUEST_ID_LENGTH) return;
  throw new ChannelError("invalid", `A request id has 1 to ${MAX_REQUEST_ID_LENGTH} characters.`);
}
