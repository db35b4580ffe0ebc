import type { ChannelNetwork } from "../../identity/joining/channel-network.ts";
import { channelIdOf, type Descriptor } from "../../identity/joining/descriptor.ts";
import { inviteCodeOf } from "../../identity/joining/invite-code.ts";
import type { ChannelSummary, InvitePreview, NetworkView } from "../api/channel-host.ts";
import { networkAddressOf } from "./transport-pool.ts";

/** Hashed and encoded once for each descriptor: the list is made anew with each unread message of any channel. */
const fixedParts = new WeakMap<Descriptor, Omit<ChannelSummary, "unread">>();

/** A channel in the list of those that this device is in. */
export function channelSummaryOf(descriptor: Descriptor, unread: number): ChannelSummary {
  const known = fixedParts.get(descriptor);
  if (known !== undefined) return { ...known, unread };
  const fixed = {
    id: channelIdOf(descriptor),
    name: descriptor.name,
    inviteCode: inviteCodeOf(descriptor),
    network: networkView(descriptor.network),
  };
  fixedParts.set(descriptor, fixed);
  return { ...fixed, unread };
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
