import { verifyStrict } from "../keys/ed25519-key.ts";
import { SIGNATURE_BYTES } from "../keys/ed25519-sizes.ts";
import type { Signer } from "../port.ts";
import { isChannelName } from "./channel-name.ts";
import { type ChannelNetwork, isChannelNetwork } from "./channel-network.ts";
import { contradictionIn, overridesOf } from "./channel-overrides.ts";
import {
  CHANNEL_ID_BYTES,
  CHANNEL_KEY_BYTES,
  type ChannelProfile,
  DESCRIPTOR_VERSION,
  type Descriptor,
  encodeDescriptor,
  readDescriptor,
  signedBytes,
} from "./descriptor.ts";
import { InviteError } from "./invite-error.ts";
import { MAX_DESCRIPTOR_BYTES } from "./invite-sizes.ts";

/** What a new channel is made of; id and key are drawn (docs/protocol.md, section 7). */
export interface DescriptorFields {
  /** Trimmed here; then 1 to 64 characters. */
  readonly name: string;
  readonly network: ChannelNetwork;
  readonly profile: ChannelProfile;
  /** Overrides by the names of `CHANNEL_PARAMETERS`, each in its range. */
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * A new channel, signed by its owner. `randomBytes` gives fresh secret bytes. Rejects with `InviteError` (`invalid`)
 * when a field is out of range, `too-large` when all of them together are.
 */
export async function createDescriptor(
  fields: DescriptorFields,
  randomBytes: (length: number) => Uint8Array,
  owner: Signer,
): Promise<Descriptor> {
  const unsigned: Descriptor = {
    version: DESCRIPTOR_VERSION,
    id: randomBytes(CHANNEL_ID_BYTES),
    key: randomBytes(CHANNEL_KEY_BYTES),
    ...checkedFields(fields),
    ownerKey: owner.publicKey,
    ownerSignature: new Uint8Array(SIGNATURE_BYTES),
  };
  if (encodeDescriptor(unsigned).length > MAX_DESCRIPTOR_BYTES) {
    throw new InviteError("too-large", "The channel has too much in its invite. Use fewer or shorter node addresses.");
  }
  return { ...unsigned, ownerSignature: await owner.sign(signedBytes(unsigned)) };
}

/** The descriptor, whose owner's signature holds; every other input throws `InviteError`. */
export function decodeDescriptor(bytes: Uint8Array): Descriptor {
  const descriptor = readDescriptor(bytes);
  //= protocol: CHANNEL-7
  if (verifyStrict(descriptor.ownerKey, signedBytes(descriptor), descriptor.ownerSignature)) return descriptor;
  throw new InviteError("bad-signature");
}

function checkedFields({ name, network, profile, parameters }: DescriptorFields) {
  const trimmed = name.trim();
  if (!isChannelName(trimmed)) {
    throw new InviteError("invalid", "Give the channel a name of 1 to 64 characters, without line breaks.");
  }
  if (!isChannelNetwork(network)) {
    throw new InviteError("invalid", "Give 1 to 8 service node addresses that begin with /, with cluster and shards.");
  }
  const overrides = overridesOf(DESCRIPTOR_VERSION, parameters);
  if (typeof overrides === "string") {
    throw new InviteError("invalid", `The parameter "${overrides}" does not exist, or its value is out of range.`);
  }
  const contradiction = contradictionIn({ version: DESCRIPTOR_VERSION, overrides });
  if (contradiction !== null) throw new InviteError("invalid", contradiction);
  return { name: trimmed, network, profile, overrides };
}
