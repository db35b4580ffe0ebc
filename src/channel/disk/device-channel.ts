import { parametersOf } from "../../identity/joining/channel-overrides.ts";
import type { Descriptor } from "../../identity/joining/descriptor.ts";
import { inviteCodeOf } from "../../identity/joining/invite-code.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import type { ChannelIdentity } from "../../sds/io/step-context.ts";
import type { DeviceRecord } from "../../storage/port.ts";
import type { ChannelView } from "../api/channel-client.ts";

/** Who this device is in a channel that it has joined. */
export function identityOf({ channel, key }: DeviceRecord, descriptor: Descriptor): ChannelIdentity {
  return {
    channelId: channel,
    self: senderIdOf(channel, key.publicKey),
    publicKey: key.publicKey,
    profile: descriptor.profile,
    parameters: parametersOf(descriptor),
  };
}

export function channelViewOf({ channel }: DeviceRecord, descriptor: Descriptor): ChannelView {
  return {
    id: channel,
    name: descriptor.name,
    profile: descriptor.profile,
    inviteCode: inviteCodeOf(descriptor),
    levelPercent: parametersOf(descriptor).levelPercent,
  };
}
