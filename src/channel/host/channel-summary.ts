import type { ChannelNetwork } from "../../identity/joining/channel-network.ts";
import { channelIdOf, type Descriptor } from "../../identity/joining/descriptor.ts";
import { inviteCodeOf } from "../../identity/joining/invite-code.ts";
import type { ChannelSummary, InvitePreview, NetworkView } from "../api/channel-host.ts";
import { networkAddressOf } from "./transport-pool.ts";

/** A channel in the list of those that this device is in. */
export function channelSummaryOf(descriptor: Descriptor, unread: number): ChannelSummary {
  return {
    id: channelIdOf(descriptor),
    name: descriptor.name,
    unread,
    inviteCode: inviteCodeOf(descriptor),
    network: networkView(descriptor.network),
  };
}

/** What an invite leads to, before joining. */
export function invitePreviewOf(descriptor: Descriptor, joined: boolean): InvitePreview {
  return {
    id: channelIdOf(descriptor),
    name: descriptor.name,
    network: networkView(descriptor.network),
    profile: descriptor.profile,
    ownerFingerprint: ownerFingerprintOf(descriptor),
    joined,
  };
}

/** First 16 hex digits of the owner's key, in groups of four. */
export function ownerFingerprintOf({ ownerKey }: Descriptor): string {
  const hex = [...ownerKey.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return (hex.match(/.{4}/g) ?? []).join(" ");
}

function networkView(network: ChannelNetwork): NetworkView {
  return { preset: network.preset, multiaddrs: networkAddressOf(network).multiaddrs };
}
