import { asChannelId, type ChannelId } from "../sds/ids.ts";
import { ProtobufReader, ProtobufWriter } from "../sds/protobuf.ts";
import { ProtobufError } from "../sds/protobuf-error.ts";
import { toBase64url } from "./base64url.ts";
import { isChannelName } from "./channel-name.ts";
import { type ChannelNetwork, isChannelNetwork, readNetwork, writeNetwork } from "./channel-network.ts";
import { type ChannelOverrides, overridesOf, readOverrides, writeOverrides } from "./channel-overrides.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verifyStrict } from "./ed25519-key.ts";
import { equalBytes } from "./equal-bytes.ts";
import { frame } from "./framing.ts";
import { InviteError } from "./invite-error.ts";
import type { Signer } from "./port.ts";

export const DESCRIPTOR_VERSION = 1;
export const MAX_DESCRIPTOR_BYTES = 4_096;
export const CHANNEL_KEY_BYTES = 32;

const DOMAIN = "hearback/descriptor/1";
const ID_BYTES = 16;
const PROFILES = ["community", "sds"] as const;
const FIELD = {
  version: 1,
  id: 2,
  name: 3,
  key: 4,
  network: 5,
  profile: 6,
  overrides: 7,
  ownerKey: 8,
  ownerSignature: 15,
} as const;

/** `community`: signed messages only. `sds`: plain SDS clients too, shown as unverified. */
export type ChannelProfile = (typeof PROFILES)[number];

/** All that is needed to take part in a channel. Whoever has it can read and write: it is a secret of the members. */
export interface Descriptor {
  readonly version: typeof DESCRIPTOR_VERSION;
  /** 16 random bytes. */
  readonly id: Uint8Array;
  readonly name: string;
  /** 32 random bytes; everything is encrypted under it. */
  readonly key: Uint8Array;
  readonly network: ChannelNetwork;
  readonly profile: ChannelProfile;
  /** `parametersOf` makes the channel's parameters of it. */
  readonly overrides: ChannelOverrides;
  readonly ownerKey: Uint8Array;
  readonly ownerSignature: Uint8Array;
}

export interface DescriptorFields {
  /** Trimmed here; then 1 to 64 characters. */
  readonly name: string;
  readonly network: ChannelNetwork;
  readonly profile: ChannelProfile;
  /** Overrides by the names of `CHANNEL_PARAMETER_DEFAULTS`. */
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
    id: randomBytes(ID_BYTES),
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

/** The one encoding of a descriptor. */
export function encodeDescriptor(descriptor: Descriptor): Uint8Array {
  return writeHead(descriptor).bytes(FIELD.ownerSignature, descriptor.ownerSignature).finish();
}

/**
 * The descriptor, whose owner's signature holds; every other input throws `InviteError`. Strict, so that a channel has
 * one descriptor: each field once, ascending, none unknown but parameters.
 */
export function decodeDescriptor(bytes: Uint8Array): Descriptor {
  if (bytes.length > MAX_DESCRIPTOR_BYTES) throw new InviteError("too-large");
  const descriptor = readDescriptor(bytes);
  if (!verifyStrict(descriptor.ownerKey, signedBytes(descriptor), descriptor.ownerSignature)) {
    throw new InviteError("bad-signature");
  }
  return descriptor;
}

/** How many of the bytes are a descriptor, whatever follows it; null when it does not end there. Total. */
export function descriptorLength(bytes: Uint8Array): number | null {
  try {
    const reader = new ProtobufReader(bytes);
    while (reader.next()) {
      reader.skip();
      if (reader.field === FIELD.ownerSignature) return reader.offset;
    }
    return null;
  } catch {
    return null;
  }
}

/** base64url of the 16 bytes of its id: 22 characters. */
export function channelIdOf(descriptor: Pick<Descriptor, "id">): ChannelId {
  return asChannelId(toBase64url(descriptor.id));
}

function checkedFields({ name, network, profile, parameters }: DescriptorFields) {
  const trimmed = name.trim();
  if (!isChannelName(trimmed)) {
    throw new InviteError("invalid", "Give the channel a name of 1 to 64 characters, without line breaks.");
  }
  if (!isChannelNetwork(network)) {
    throw new InviteError("invalid", "Give 1 to 8 service node addresses that begin with /, with cluster and shards.");
  }
  const overrides = overridesOf(parameters);
  if (typeof overrides === "string") {
    throw new InviteError("invalid", `The parameter "${overrides}" does not exist, or its value is out of range.`);
  }
  return { name: trimmed, network, profile, overrides };
}

/** The frame (each input behind its 4-byte length) of the domain tag and the encoded fields before the signature. */
function signedBytes(descriptor: Descriptor): Uint8Array {
  return frame(DOMAIN, writeHead(descriptor).finish());
}

function writeHead(descriptor: Descriptor): ProtobufWriter {
  const { version, id, name, key, network, profile, overrides, ownerKey } = descriptor;
  const writer = new ProtobufWriter()
    .uint32(FIELD.version, version)
    .bytes(FIELD.id, id)
    .string(FIELD.name, name)
    .bytes(FIELD.key, key)
    .message(FIELD.network, (inner) => writeNetwork(inner, network))
    .uint32(FIELD.profile, PROFILES.indexOf(profile) + 1);
  if (overrides.length > 0) writer.message(FIELD.overrides, (inner) => writeOverrides(inner, overrides));
  return writer.bytes(FIELD.ownerKey, ownerKey);
}

type ReadFields = {
  -readonly [K in Exclude<keyof Descriptor, "version" | "profile" | "network">]?: Descriptor[K] | null;
} & {
  network?: ReturnType<typeof readNetwork>;
  profile?: number;
};

/** Without checking the owner's signature: for what this device checked when it joined. @throws {InviteError} */
export function readDescriptor(bytes: Uint8Array): Descriptor {
  try {
    const descriptor = complete(readFields(bytes));
    if (equalBytes(encodeDescriptor(descriptor), bytes)) return descriptor;
    throw new InviteError("malformed");
  } catch (error) {
    if (error instanceof ProtobufError) throw new InviteError(error.code === "truncated" ? "cut-off" : "malformed");
    throw error;
  }
}

function readFields(bytes: Uint8Array): ReadFields {
  const fields: ReadFields = {};
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    // The version comes first, so a newer descriptor is known as such before anything else in it is looked at.
    if (reader.field === FIELD.version) assertVersion(reader.uint32());
    else if (reader.field === FIELD.id) fields.id = reader.bytes(ID_BYTES).slice();
    else if (reader.field === FIELD.name) fields.name = reader.string();
    else if (reader.field === FIELD.key) fields.key = reader.bytes(CHANNEL_KEY_BYTES).slice();
    else if (reader.field === FIELD.network) fields.network = readNetwork(reader.message());
    else if (reader.field === FIELD.profile) fields.profile = reader.uint32();
    else if (reader.field === FIELD.overrides) fields.overrides = readOverrides(reader.message());
    else if (reader.field === FIELD.ownerKey) fields.ownerKey = reader.bytes(PUBLIC_KEY_BYTES).slice();
    else if (reader.field === FIELD.ownerSignature) fields.ownerSignature = reader.bytes(SIGNATURE_BYTES).slice();
    else throw new InviteError("malformed");
  }
  return fields;
}

function assertVersion(version: number): void {
  if (version > DESCRIPTOR_VERSION) throw new InviteError("unsupported-version");
  if (version < DESCRIPTOR_VERSION) throw new InviteError("malformed");
}

/** A version or a field left out, or a list without entries, is refused by the comparison with the one encoding. */
function complete(fields: ReadFields): Descriptor {
  const { id, name, key, network, profile, overrides = [], ownerKey, ownerSignature } = fields;
  if (id === undefined) throw new InviteError("malformed");
  if (ownerSignature === undefined) throw new InviteError("cut-off");
  if (network === "newer" || (profile ?? 0) > PROFILES.length) throw new InviteError("unsupported-version");
  const known = PROFILES[(profile ?? 0) - 1];
  const lengthsFit =
    id?.length === ID_BYTES &&
    key?.length === CHANNEL_KEY_BYTES &&
    ownerKey?.length === PUBLIC_KEY_BYTES &&
    ownerSignature?.length === SIGNATURE_BYTES;
  const namesFit = typeof name === "string" && isChannelName(name) && known !== undefined;
  if (!lengthsFit || !namesFit || !network || overrides === null) throw new InviteError("malformed");
  return { version: DESCRIPTOR_VERSION, id, name, key, network, profile: known, overrides, ownerKey, ownerSignature };
}
