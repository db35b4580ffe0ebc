/**
 * Writes what a device keeps of some channels to a file, for `open-child.ts`.
 * Usage: node open-fill.js FILE MULTIADDR CHANNELS MESSAGES
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { serialize } from "node:v8";
import { ed25519 } from "@noble/curves/ed25519.js";
import { channelIdOf, encodeDescriptor } from "../src/identity/joining/descriptor.ts";
import { createDescriptor } from "../src/identity/joining/signed-descriptor.ts";
import { senderIdOf } from "../src/identity/keys/sender-id.ts";
import { signerOf } from "../src/identity/keys/webcrypto-signer.ts";
import type { Change } from "../src/sds/io/records.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../src/sds/parameters/parameters.ts";
import type { DeviceRecord } from "../src/storage/port.ts";
import { LOCAL_NETWORK } from "../src/transport/waku/wire/local-network.ts";
import { OurChannel } from "./support/our-channel.ts";
import { Traffic } from "./support/traffic.ts";

/** What is in the file: the device record of each channel, and all that was written of it. */
export interface FilledChannel {
  readonly device: DeviceRecord;
  readonly changes: readonly Change[];
}

const [file = "", multiaddr = "", channels = 0, messages = 0] = process.argv.slice(2).map((word, index) => {
  return index < 2 ? word : Number(word);
}) as [string, string, number, number];
const { clusterId: cluster, shards } = LOCAL_NETWORK;

async function filled(name: string): Promise<FilledChannel> {
  const { secretKey, publicKey } = ed25519.keygen();
  const key = { kind: "raw", secretKey, publicKey } as const;
  const network = { preset: "custom", cluster, shards, multiaddrs: [multiaddr] } as const;
  const descriptor = await createDescriptor(
    { name, network, profile: "community", parameters: {} },
    (length) => Uint8Array.from(randomBytes(length)),
    signerOf(key),
  );
  const channelId = channelIdOf(descriptor);
  const device = {
    ...{ channel: channelId, descriptor: encodeDescriptor(descriptor), key, displayName: "Ada", joinedAt: Date.now() },
  };
  const changes: Change[] = [];
  const identity = {
    ...{ channelId, self: senderIdOf(channelId, publicKey), publicKey },
    ...({ profile: "community", parameters: CHANNEL_PARAMETER_DEFAULTS } as const),
  };
  const channel = new OurChannel(
    undefined,
    (effect) => effect.kind === "commit" && changes.push(...effect.changes),
    identity,
  );
  const traffic = new Traffic({ authors: 5, dependencies: 2, hints: true });
  for (let count = 0; count < messages; count++) channel.receive(traffic.next());
  return { device, changes };
}

const all: FilledChannel[] = [];
for (let number = 1; number <= channels; number++) all.push(await filled(`Channel ${number}`));
writeFileSync(file, serialize(all));
