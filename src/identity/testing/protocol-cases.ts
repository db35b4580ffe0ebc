import { bytesToHex } from "@noble/hashes/utils.js";
import { signEnvelope } from "../authors/envelope.ts";
import { appendTrailer } from "../authors/trailer.ts";
import type { ChannelOverrides } from "../joining/channel-overrides.ts";
import { channelIdOf, encodeDescriptor, signedBytes } from "../joining/descriptor.ts";
import { inviteLinkOf } from "../joining/invite.ts";
import { inviteCodeOf } from "../joining/invite-code.ts";
import { createDescriptor } from "../joining/signed-descriptor.ts";
import { createNobleSigner } from "../keys/noble-signer.ts";
import { contentTopicOf } from "../secrecy/content-topic.ts";
import { channelId, context, encodeSds, fields, LAMPORT, sampleSync, senderId, signer } from "./sample.ts";

/** One value of our formats with what it was made of. Bytes are lower-case hex; `secretKey` is an Ed25519 seed. */
export interface ProtocolVector {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, string>>;
}

const SECRET_KEY = bytesToHex(new Uint8Array(32).fill(1));

/** Derives src/identity/vectors/protocol.json. It freezes the formats: a change of it breaks what people have joined. */
export async function deriveProtocolVectors(): Promise<readonly ProtocolVector[]> {
  return [
    senderIdVector(),
    contentTopicVector(),
    ...(await envelopeVectors()),
    await trailerVector(),
    ...(await descriptorVectors()),
    ...(await refusedDescriptorVectors()),
    await payloadVector(),
  ];
}

function senderIdVector(): ProtocolVector {
  return { name: "sender id", input: { channelId, publicKey: bytesToHex(signer.publicKey) }, output: { senderId } };
}

function contentTopicVector(): ProtocolVector {
  const key = countingBytes(32);
  return {
    name: "content topic",
    input: { key: bytesToHex(key) },
    output: { contentTopic: contentTopicOf(key) },
  };
}

async function envelopeVectors(): Promise<ProtocolVector[]> {
  const { body, ...rest } = fields;
  const common = { secretKey: SECRET_KEY, ...context, ...rest, body: bytesToHex(body) };
  const origin = "https://page.example";
  const ephemeral = { ...context, lamport: null, causalIds: [] };
  const status = { ...fields, type: 3, parentLamports: [] };
  return [
    {
      name: "envelope with two causes",
      input: common,
      output: { envelope: bytesToHex(await signEnvelope(fields, context, signer)) },
    },
    {
      name: "envelope from a page",
      input: { ...common, origin },
      output: { envelope: bytesToHex(await signEnvelope({ ...fields, origin }, context, signer)) },
    },
    {
      name: "envelope of an ephemeral status",
      input: { ...common, ...ephemeral, type: 3, parentLamports: [] },
      output: { envelope: bytesToHex(await signEnvelope(status, ephemeral, signer)) },
    },
  ];
}

async function trailerVector(): Promise<ProtocolVector> {
  const message = encodeSds((await sampleSync()).decoded);
  const claims = { flags: 1, completeSince: LAMPORT - 600_000 };
  const signed = await appendTrailer(message, { ...claims, publicKey: signer.publicKey }, signer);
  const publicKey = bytesToHex(signer.publicKey);
  return {
    name: "trailer of a sync",
    input: { secretKey: SECRET_KEY, message: bytesToHex(message), ...claims, publicKey },
    output: { message: bytesToHex(signed) },
  };
}

async function descriptorVectors(): Promise<ProtocolVector[]> {
  const local = { name: "Garden", network: { preset: "local" }, profile: "community", parameters: {} } as const;
  const custom = {
    name: "Stra\u00dfenfest \u{1F389}",
    network: { preset: "custom", cluster: 42, shards: 8, multiaddrs: ["/dns4/node.example/tcp/8000/wss"] },
    profile: "sds",
    parameters: { levelPercent: 60, ackWindowMs: 500 },
  } as const;
  return [await descriptorVector(local), await descriptorVector(custom)];
}

async function descriptorVector(wanted: Parameters<typeof createDescriptor>[0]): Promise<ProtocolVector> {
  const owner = createNobleSigner(new Uint8Array(32).fill(1));
  const descriptor = await createDescriptor(wanted, countingBytes, owner);
  const base = "https://demo.example/";
  return {
    name: `descriptor "${wanted.name}"`,
    input: { secretKey: SECRET_KEY, ...wanted, id: bytesToHex(descriptor.id), key: bytesToHex(descriptor.key), base },
    output: {
      descriptor: bytesToHex(encodeDescriptor(descriptor)),
      channelId: channelIdOf(descriptor),
      code: inviteCodeOf(descriptor),
      link: inviteLinkOf(base, descriptor),
    },
  };
}

/** Signed by their owners, and each with parameters that do not fit together, or just do. By number. */
async function refusedDescriptorVectors(): Promise<ProtocolVector[]> {
  const contradictory = { refused: "contradictory" };
  return [
    await parametersVector("ackWindowMs above ackWindowMaxMs", [[1, 60_001]], contradictory),
    await parametersVector("ackWindowMs as ackWindowMaxMs", [[1, 60_000]], {}),
    await parametersVector("idleSyncMinMs above idleSyncMaxMs", [[4, 29_999]], contradictory),
    await parametersVector("resendFirstMs above resendMaxMs", [[7, 300_001]], contradictory),
    await parametersVector("repairAskMinMs as repairAskMaxMs", [[14, 10_000]], contradictory),
    await parametersVector("repairAskMinMs below repairAskMaxMs", [[14, 9_999]], {}),
    await parametersVector("a filter of 65,544 bytes", [[12, 34_953]], contradictory),
    await parametersVector("a filter of 65,536 bytes", [[12, 34_952]], {}),
  ];
}

async function parametersVector(
  name: string,
  overrides: ChannelOverrides,
  output: ProtocolVector["output"],
): Promise<ProtocolVector> {
  const owner = createNobleSigner(new Uint8Array(32).fill(1));
  const fields = { name: "Garden", network: { preset: "local" }, profile: "community", parameters: {} } as const;
  const unsigned = { ...(await createDescriptor(fields, countingBytes, owner)), overrides };
  const descriptor = { ...unsigned, ownerSignature: await owner.sign(signedBytes(unsigned)) };
  return {
    name: `parameters: ${name}`,
    input: { descriptor: bytesToHex(encodeDescriptor(descriptor)), parameters: Object.fromEntries(overrides) },
    output,
  };
}

/** 26/WAKU2-PAYLOAD by WebCrypto alone, with a nonce and a padding that can be written down. */
async function payloadVector(): Promise<ProtocolVector> {
  const [key, nonce, message] = [countingBytes(32), countingBytes(12), new TextEncoder().encode("any SDS message")];
  const clear = new Uint8Array(256).fill(0xee);
  // One byte holds the size, so the flags say 1.
  clear.set([1, message.length, ...message]);
  const usable = await crypto.subtle.importKey("raw", key.slice(), "AES-GCM", false, ["encrypt"]);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce.slice() }, usable, clear));
  return {
    name: "payload",
    input: { key: bytesToHex(key), nonce: bytesToHex(nonce), padding: "ee", message: bytesToHex(message) },
    output: { payload: bytesToHex(sealed) + bytesToHex(nonce) },
  };
}

function countingBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i);
}
