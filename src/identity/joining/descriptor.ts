import type { ParameterVersion } from "../../sds/parameters/channel-parameters.ts";
import { asChannelId, type ChannelId } from "../../sds/wire/ids.ts";
import { ProtobufReader, ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { ProtobufError } from "../../sds/wire/protobuf-error.ts";
import { toBase64url } from "../bytes/base64url.ts";
import { equalBytes } from "../bytes/equal-bytes.ts";
import { frame } from "../bytes/signed-bytes.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../keys/ed25519-sizes.ts";
import { isChannelName } from "./channel-name.ts";
import { type ChannelNetwork, readNetwork, writeNetwork } from "./channel-network.ts";
import { type ChannelOverrides, contradictionIn, readOverrides, writeOverrides } from "./channel-overrides.ts";
import { InviteError } from "./invite-error.ts";
import { MAX_DESCRIPTOR_BYTES } from "./invite-sizes.ts";

/** Of new channels, and the only one that is read. A new one brings parameters of its own (`CHANNEL_PARAMETERS`). */
export const DESCRIPTOR_VERSION = 1 satisfies ParameterVersion;
export const CHANNEL_KEY_BYTES = 32;

const DOMAIN = "hearback/descriptor/1";
export const CHANNEL_ID_BYTES = 16;
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

/** The one encoding of a descriptor. */
export function encodeDescriptor(descriptor: Descriptor): Uint8Array {
  return writeHead(descriptor).bytes(FIELD.ownerSignature, descriptor.ownerSignature).finish();
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

/** The frame (each input behind its 4-byte length) of the domain tag and the encoded fields before the signature: what the owner signs. */
export function signedBytes(descriptor: Descriptor): Uint8Array {
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

/**
 * The descriptor in these bytes; every other input throws `InviteError`. Strict, so that a channel has one descriptor: each field once,
 * ascending, none unknown but parameters. The owner's signature is not checked: for what this device checked when it joined, else use
 * `decodeDescriptor`.
 */
export function readDescriptor(bytes: Uint8Array): Descriptor {
  //= protocol: CHANNEL-1
  if (bytes.length > MAX_DESCRIPTOR_BYTES) throw new InviteError("too-large");
  try {
    const descriptor = complete(readFields(bytes));
    //= protocol: CHANNEL-1
    if (equalBytes(encodeDescriptor(descriptor), bytes)) return descriptor;
    throw new InviteError("malformed");
  } catch (error) {
    if (error instanceof ProtobufError) throw new InviteError(error.code === "truncated" ? "cut-off" : "malformed");
    throw error;
  }
}

function readFields(bytes: Uint8Array): ReadFields {
  //= protocol: CHANNEL-5
  const fields: ReadFields = {};
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    // The version comes first, so a newer descriptor is known as such before anything else in it is looked at.
    if (reader.field === FIELD.version) assertVersion(reader.uint32());
    else if (reader.field === FIELD.id) fields.id = reader.bytes(CHANNEL_ID_BYTES).slice();
    else if (reader.field === FIELD.name) fields.name = reader.string();
    else if (reader.field === FIELD.key) fields.key = reader.bytes(CHANNEL_KEY_BYTES).slice();
    else if (reader.field === FIELD.network) fields.network = readNetwork(reader.message());
    else if (reader.field === FIELD.profile) fields.profile = reader.uint32();
    else if (reader.field === FIELD.overrides) fields.overrides = readOverrides(DESCRIPTOR_VERSION, reader.message());
    else if (reader.field === FIELD.ownerKey) fields.ownerKey = reader.bytes(PUBLIC_KEY_BYTES).slice();
    else if (reader.field === FIELD.ownerSignature) fields.ownerSignature = reader.bytes(SIGNATURE_BYTES).slice();
    else throw new InviteError("malformed");
  }
  return fields;
}

function assertVersion(version: number): void {
  //= protocol: CHANNEL-8
  if (version > DESCRIPTOR_VERSION) throw new InviteError("unsupported-version");
  if (version < DESCRIPTOR_VERSION) throw new InviteError("malformed");
}

/** A version or a field left out, or a list without entries, is refused by the comparison with the one encoding. */
function complete(fields: ReadFields): Descriptor {
  const { id, name, key, network, profile, overrides = [], ownerKey, ownerSignature } = fields;
  if (id === undefined) throw new InviteError("malformed");
  if (ownerSignature === undefined) throw new InviteError("cut-off");
  //= protocol: CHANNEL-8
  if (network === "newer" || (profile ?? 0) > PROFILES.length) throw new InviteError("unsupported-version");
  const known = PROFILES[(profile ?? 0) - 1];
  const lengthsFit =
    id?.length === CHANNEL_ID_BYTES &&
    key?.length === CHANNEL_KEY_BYTES &&
    ownerKey?.length === PUBLIC_KEY_BYTES &&
    ownerSignature?.length === SIGNATURE_BYTES;
  //= protocol: CHANNEL-4
  const namesFit = typeof name === "string" && isChannelName(name) && known !== undefined;
  if (!lengthsFit || !namesFit || !network || overrides === null) throw new InviteError("malformed");
  //= protocol: CHANNEL-6
  const contradiction = contradictionIn({ version: DESCRIPTOR_VERSION, overrides });
  if (contradiction !== null) {
    throw new InviteError(
      "contradictory",
      `This channel cannot work: ${contradiction} Ask its owner for a new channel.`,
    );
  }
  return { version: DESCRIPTOR_VERSION, id, name, key, network, profile: known, overrides, ownerKey, ownerSignature };
}
