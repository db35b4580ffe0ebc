import { ChannelError } from "../channel/channel-client.ts";
import type { WireError } from "./protocol.ts";

/** Only words that were written for people cross the bridge; anything else could tell a web page too much. */
export function toWireError(error: unknown): WireError {
  if (error instanceof ChannelError) return { code: error.code, message: error.message };
  return { code: "internal", message: "Something went wrong in the background. Try again; if it stays, reload." };
}

export function fromWireError({ code, message }: WireError): ChannelError {
  return new ChannelError(code, message);
}
