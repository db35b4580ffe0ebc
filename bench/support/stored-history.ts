import { randomBytes } from "node:crypto";
import { composeContent } from "../../src/channel/sending/compose.ts";
import { channelIdOf, type Descriptor } from "../../src/identity/joining/descriptor.ts";
import { inviteCodeOf } from "../../src/identity/joining/invite-code.ts";
import { createDescriptor } from "../../src/identity/joining/signed-descriptor.ts";
import { contentTopicOf } from "../../src/identity/secrecy/content-topic.ts";
import { encryptPayload } from "../../src/identity/secrecy/payload-encryption.ts";
import type { ParentReference } from "../../src/sds/io/records.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import type { OutboundFrame, Transport } from "../../src/transport/port.ts";
import { createWakuTransport } from "../../src/transport/waku/waku-transport.ts";
import { LOCAL_NETWORK } from "../../src/transport/waku/wire/local-network.ts";
import { pubsubTopicOf, toWakuMessage, wakuMessageHash } from "../../src/transport/waku/wire/wire.ts";
import { authorOf, textOf } from "./traffic.ts";

/** Said in the two hours before: all within the day that somebody who joins reads back. */
const SPAN_MS = 2 * 3_600_000;
const CAUSES = 2;
/** A service node takes this many from one peer at once (its limits say 2,000), so each batch comes from a new peer. */
const BATCH = 1_900;
const IN_FLIGHT = 16;

/**
 * Says `messages` signed messages of `authors`, each naming the two before it with their hashes, to the service node, which
 * keeps them. Returns an invite to their channel.
 */
export async function fillStore(multiaddr: string, messages: number, authors: number): Promise<string> {
  const network = { ...LOCAL_NETWORK, multiaddrs: [multiaddr] };
  const { clusterId: cluster, shards, multiaddrs } = network;
  const address = { preset: "custom", cluster, shards, multiaddrs } as const;
  const fields = { name: "Bench", network: address, profile: "community", parameters: {} } as const;
  const descriptor = await createDescriptor(
    fields,
    (length) => Uint8Array.from(randomBytes(length)),
    authorOf(1).signer,
  );
  const frames = await framesOf(descriptor, messages, authors);
  for (let start = 0; start < messages; start += BATCH) {
    const transport = createWakuTransport({ network });
    await publishAll(transport, frames.slice(start, start + BATCH));
    await transport.close();
  }
  return inviteCodeOf(descriptor);
}

async function framesOf(descriptor: Descriptor, messages: number, authors: number): Promise<OutboundFrame[]> {
  const { key } = descriptor;
  const channelId = channelIdOf(descriptor);
  const contentTopic = contentTopicOf(key);
  const pubsubTopic = pubsubTopicOf(contentTopic, LOCAL_NETWORK);
  const everybody = Array.from({ length: authors }, (_, index) => authorOf(1 + index, channelId));
  const start = Date.now() - SPAN_MS;
  const frames: OutboundFrame[] = [];
  let parents: ParentReference[] = [];
  for (let number = 0; number < messages; number++) {
    const author = everybody[number % authors];
    if (author === undefined) throw new Error("There is nobody to say anything.");
    const lamport = start + Math.floor((number * SPAN_MS) / messages);
    const authorSeq = 1 + Math.floor(number / authors);
    const { id, bytes } = await composeContent(
      { channelId, self: author.id, signer: author.signer },
      { authorSeq, lamport, parents, completeSince: start, bloomFilter: undefined },
      MESSAGE_TYPE.chat,
      textOf(number),
      lamport,
    );
    const payload = await encryptPayload(key, bytes);
    const frame: OutboundFrame = { contentTopic, payload, version: 1, ephemeral: false, timestamp: lamport };
    frames.push(frame);
    parents = [...parents, { id, lamport, hint: wakuMessageHash(toWakuMessage(frame), pubsubTopic) }].slice(-CAUSES);
  }
  return frames;
}

async function publishAll(transport: Transport, frames: readonly OutboundFrame[]): Promise<void> {
  await new Promise<void>((resolve) => {
    transport.onHealth(({ kind }) => kind === "online" && resolve());
    if (transport.health().kind === "online") resolve();
  });
  for (let start = 0; start < frames.length; start += IN_FLIGHT) {
    await Promise.all(frames.slice(start, start + IN_FLIGHT).map((frame) => transport.publish(frame)));
  }
}
