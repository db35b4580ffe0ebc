import type { ChannelId } from "../sds/ids.ts";
import type { ChannelClient } from "./channel-client.ts";

/**
 * The channels of one device, behind one interface for the extension's worker, a demo tab's worker and a Node process.
 * Crosses the bridge like `ChannelClient`: plain data, everything settles, errors are `ChannelError`.
 */
export interface ChannelHost {
  /** From storage, without waiting for the network. */
  channels(): Promise<readonly ChannelSummary[]>;
  /** Called with the whole list at once and after each change. */
  watchChannels(listener: (channels: readonly ChannelSummary[]) => void): () => void;
  create(request: CreateRequest): Promise<ChannelSummary>;
  /** What a link or bare code leads to, before joining. Rejects with `invalid-invite` and words for people. */
  preview(invite: string): Promise<InvitePreview>;
  /** Idempotent: joining a joined channel returns it. */
  join(request: JoinRequest): Promise<ChannelSummary>;
  /** The channel's client; each call a new one, to be closed by the caller. */
  open(channel: ChannelId): ChannelClient;
  /** Forgets the channel, its key and its messages on this device. */
  leave(channel: ChannelId): Promise<void>;
  close(): Promise<void>;
}

export interface ChannelSummary {
  readonly id: ChannelId;
  readonly name: string;
  readonly unread: number;
  readonly inviteCode: string;
  readonly network: NetworkView;
}

export interface NetworkView {
  readonly preset: "local" | "custom";
  readonly multiaddrs: readonly string[];
}

export interface CreateRequest {
  readonly name: string;
  readonly displayName: string;
  readonly profile: "community" | "sds";
  /** Null: the service node on this machine (preset "local"). */
  readonly multiaddrs: readonly string[] | null;
  /** Overrides of the protocol's defaults, agreed by everybody through the descriptor. */
  readonly parameters: Readonly<Record<string, number>>;
}

export interface JoinRequest {
  readonly invite: string;
  readonly displayName: string;
}

export interface InvitePreview {
  readonly id: ChannelId;
  readonly name: string;
  readonly network: NetworkView;
  readonly profile: "community" | "sds";
  /** First 16 hex digits of the owner's key, in groups of four. */
  readonly ownerFingerprint: string;
  readonly joined: boolean;
}
