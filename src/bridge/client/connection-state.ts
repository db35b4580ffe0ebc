import { ChannelError } from "../../channel/api/channel-client.ts";

/**
 * How the page stands with the worker.
 * - `connecting`: no answer yet, since the beginning.
 * - `connected`
 * - `silent`: it does not answer pings, and its port cannot be opened anew. It may come back.
 * - `reconnecting`: the port closed and is being opened again.
 * - `lost`: it could not be opened again. Final.
 * - `incompatible`: the worker speaks another version of the bridge. Final.
 * - `closed`: by the page itself. Final.
 */
export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  | { readonly kind: "silent" }
  | { readonly kind: "reconnecting" }
  | { readonly kind: "lost" }
  | { readonly kind: "incompatible"; readonly reason: string }
  | { readonly kind: "closed" };

/** With what every request fails from now on; null while there is hope. */
export function finalError(state: ConnectionState): ChannelError | null {
  switch (state.kind) {
    case "connecting":
    case "connected":
    case "silent":
    case "reconnecting":
      return null;
    case "lost":
      return new ChannelError("disconnected", "The running part of Hearback is gone. Reload the page.");
    case "incompatible":
      return new ChannelError("unsupported", state.reason);
    case "closed":
      return new ChannelError("closed", "This connection to Hearback is closed.");
  }
}
