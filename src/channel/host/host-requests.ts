import type { ChannelNetwork } from "../../identity/joining/channel-network.ts";
import type { Descriptor } from "../../identity/joining/descriptor.ts";
import { parseInvite } from "../../identity/joining/invite.ts";
import { InviteError } from "../../identity/joining/invite-error.ts";
import { ChannelError } from "../api/channel-client.ts";
import { networkAddressOf } from "./transport-pool.ts";

/** The descriptor in what somebody pasted; a `ChannelError` says why there is none. */
export function readInvite(invite: string): Descriptor {
  try {
    return parseInvite(invite);
  } catch (error) {
    return asChannelError(error);
  }
}

/** A service node of one's own is taken to be one of ours: same cluster and shards as the local one. */
export function networkOf(multiaddrs: readonly string[] | null): ChannelNetwork {
  if (multiaddrs === null) return { preset: "local" };
  const { clusterId, shards } = networkAddressOf({ preset: "local" });
  return { preset: "custom", cluster: clusterId, shards, multiaddrs };
}

/** Throws it again, an `InviteError` with the code that a host's requests reject with. */
export function asChannelError(error: unknown): never {
  if (!(error instanceof InviteError)) throw error;
  switch (error.code) {
    case "bad-signature":
      throw new ChannelError("wrong-key", error.message, { cause: error });
    case "unsupported-version":
      throw new ChannelError("unsupported", error.message, { cause: error });
    case "invalid":
      throw new ChannelError("invalid", error.message, { cause: error });
    case "not-an-invite":
    case "cut-off":
    case "damaged":
    case "malformed":
    case "contradictory":
    case "too-large":
      throw new ChannelError("invalid-invite", error.message, { cause: error });
  }
}
