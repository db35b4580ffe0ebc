import type { ChannelErrorCode, ChannelEvent, ChannelStatus, EphemeralView } from "../../channel/api/channel-client.ts";
import type { ChannelSummary } from "../../channel/api/channel-host.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { ChannelMethod, HostMethod, Params } from "./methods.ts";

/** Version of everything below. Raise it when an old peer would misunderstand a new one. */
export const BRIDGE_VERSION = 4;

interface Versioned {
  readonly v: typeof BRIDGE_VERSION;
}

/**
 * What a client subscribes to. Events are a sequence; status and channels are states, of which the latest counts;
 * ephemeral messages come as they are said, and never again.
 */
export type Topic =
  | { readonly kind: "events"; readonly channel: ChannelId; readonly afterSeq: number }
  | { readonly kind: "status"; readonly channel: ChannelId }
  | { readonly kind: "ephemeral"; readonly channel: ChannelId }
  | { readonly kind: "channels" };

export type HostRequest = {
  readonly [M in HostMethod]: Versioned & {
    readonly kind: "request";
    readonly id: number;
    readonly method: M;
    readonly params: Params<M>;
  };
}[HostMethod];

export type ChannelRequest = {
  readonly [M in ChannelMethod]: Versioned & {
    readonly kind: "request";
    readonly id: number;
    readonly method: M;
    readonly channel: ChannelId;
    readonly params: Params<M>;
  };
}[ChannelMethod];

/**
 * Page to worker. `hello` comes first on every port and keeps its form in all versions. `client` names the page for as
 * long as it lives (32 hex digits that nobody else can guess): with it a request id means the same request on the next
 * port. `received` gives back the room that items of a subscription took.
 */
export type ClientMessage =
  | (Versioned & { readonly kind: "hello"; readonly client: string })
  | HostRequest
  | ChannelRequest
  | (Versioned & { readonly kind: "subscribe"; readonly stream: number; readonly topic: Topic })
  | (Versioned & { readonly kind: "unsubscribe"; readonly stream: number })
  | (Versioned & { readonly kind: "received"; readonly stream: number; readonly count: number })
  | (Versioned & { readonly kind: "ping"; readonly nonce: number })
  | (Versioned & { readonly kind: "bye" });

export interface WireError {
  readonly code: ChannelErrorCode;
  readonly message: string;
}

/**
 * Worker to page. `welcome` names this run of the worker: what another run was asked, this one does not remember.
 * `unsupported` keeps its form in all versions. `ended`: a subscription could not be served. `invalid`: something came
 * that was no message, and it had no request id under which to say so.
 */
export type ServerMessage =
  | (Versioned & { readonly kind: "welcome"; readonly server: string })
  | { readonly v: number; readonly kind: "unsupported"; readonly speaks: number; readonly message: string }
  | (Versioned & { readonly kind: "response"; readonly id: number; readonly ok: true; readonly result: unknown })
  | (Versioned & { readonly kind: "response"; readonly id: number; readonly ok: false; readonly error: WireError })
  | (Versioned & { readonly kind: "event"; readonly stream: number; readonly event: ChannelEvent })
  | (Versioned & { readonly kind: "status"; readonly stream: number; readonly status: ChannelStatus })
  | (Versioned & { readonly kind: "ephemeral"; readonly stream: number; readonly message: EphemeralView })
  | (Versioned & {
      readonly kind: "channels";
      readonly stream: number;
      readonly channels: readonly ChannelSummary[];
    })
  | (Versioned & { readonly kind: "ended"; readonly stream: number; readonly error: WireError })
  | (Versioned & { readonly kind: "invalid"; readonly error: WireError })
  | (Versioned & { readonly kind: "pong"; readonly nonce: number })
  | (Versioned & { readonly kind: "bye" });

/** Events that may be under way to one subscription; then the server waits and later replays from the ledger. */
export const EVENT_WINDOW = 256;
/** The client says how many it took, this often. Must divide the window. */
export const EVENT_CREDIT = 32;
/** Requests of one port that the server works on at a time; a client keeps the others back. */
export const MAX_RUNNING = 128;
export const MAX_STREAMS = 512;
