import type { ChannelId } from "../../sds/wire/ids.ts";
import type { ChannelClient } from "./channel-client.ts";

/**
 * The channels of one device, behind one interface for the extension's worker, a demo tab's worker and a Node process.
 * Crosses the bridge like `ChannelClient`: plain data, everything settles, errors are `ChannelError`, also of wrong input.
 */
export interface ChannelHost {
  /** From storage, without waiting for the network. */
  channels(): Promise<readonly ChannelSummary[]>;
  /** Called with the whole list at once and after each change. */
  watchChannels(listener: (channels: readonly ChannelSummary[]) => void): () => void;
  /** Makes a channel and joins it. Rejects with `invalid` for a name, address or parameter that it cannot have. */
  create(request: CreateRequest): Promise<ChannelSummary>;
  /** What a link or bare code leads to, before joining. Rejects with `invalid-invite` and words for people. */
  preview(invite: string): Promise<InvitePreview>;
  /** Idempotent: joining a joined channel returns it, and whoever joined it keeps the name that they gave then. */
  join(request: JoinRequest): Promise<ChannelSummary>;
  /** The channel's client; each call a new one, to be closed by the caller. */
  open(channel: ChannelId): ChannelClient;
  /** Forgets the channel, its key and its messages on this device. */
  leave(channel: ChannelId): Promise<void>;
  close(): Promise<void>;
}

/** A joined channel in the list of them. */
export interface ChannelSummary {
  readonly id: ChannelId;
  readonly name: string;
  readonly unread: number;
  readonly inviteCode: string;
  readonly network: NetworkView;
}

/** Where a channel is: the service node on this machine, or these (multiaddrs). */
export interface NetworkView {
  readonly preset: "local" | "custom";
  readonly multiaddrs: readonly string[];
}

/** A new channel (docs/protocol.md, section 7). */
export interface CreateRequest {
  /** 1 to 64 characters. */
  readonly name: string;
  /** What this participant goes by, 1 to `MAX_DISPLAY_NAME_CHARACTERS` characters. */
  readonly displayName: string;
  /** community: signed messages only. sds: plain SDS clients too, unverified (docs/protocol.md, section 16). */
  readonly profile: "community" | "sds";
  /** Null: the service node on this machine (preset "local"). */
  readonly multiaddrs: readonly string[] | null;
  /** Overrides by the names of `CHANNEL_PARAMETER_DEFAULTS`, agreed by everybody through the descriptor. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** An invite that somebody gave, and the name to go by. */
export interface JoinRequest {
  /** A link or a bare code, with whatever a mail program put around it. */
  readonly invite: string;
  /** 1 to `MAX_DISPLAY_NAME_CHARACTERS` characters. */
  readonly displayName: string;
}

/** What an invite leads to, before anything is joined. */
export interface InvitePreview {
  readonly id: ChannelId;
  readonly name: string;
  readonly network: NetworkView;
  readonly profile: "community" | "sds";
  /** First 16 hex digits of the owner's key, in groups of four. */
  readonly ownerFingerprint: string;
  readonly joined: boolean;
}
