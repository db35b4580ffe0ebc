import { ChannelError } from "../../channel/api/channel-client.ts";
import { StorageError } from "../../storage/port.ts";
import type { WireError } from "./protocol.ts";

/** Only words that were written for people cross the bridge; anything else could tell a web page too much. */
export function toWireError(error: unknown): WireError {
  if (error instanceof ChannelError) return { code: error.code, message: error.message };
  // Its words say what people can do: make room, allow site data.
  if (error instanceof StorageError) return { code: "storage", message: error.message };
  return { code: "internal", message: "Something went wrong in the background. Try again; if it stays, reload." };
}

export function fromWireError({ code, message }: WireError): ChannelError {
  return new ChannelError(code, message);
}
