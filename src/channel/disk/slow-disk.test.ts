import { beforeAll, describe, expect, it } from "vitest";
import { signEnvelope } from "../../identity/authors/envelope.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { contentTopicOf } from "../../identity/secrecy/content-topic.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createSeededRandom } from "../../runtime/seeded-random.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../sds/parameters/parameters.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import { asChannelId } from "../../sds/wire/ids.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { createMemoryNetwork, type MemoryNetwork } from "../../transport/memory/memory-network.ts";
import { type Channel, openChannel } from "../channel.ts";
import { MAX_BACKLOG_BYTES } from "./backlog.ts";

const channelId = asChannelId("harbour");
const key = new Uint8Array(32).fill(2);
const ada = createNobleSigner(new Uint8Array(32).fill(1));
const mallory = createNobleSigner(new Uint8Array(32).fill(3));
const BODY_BYTES = 140_000;

/** Mallory's message, as long as a message may be. */
async function longMessage(authorSeq: number): Promise<Uint8Array> {
  const senderId = senderIdOf(channelId, mallory.publicKey);
  const lamport = Date.now();
  const content = await signEnvelope(
    {
      ...{ authorSeq, composedAt: lamport, type: MESSAGE_TYPE.chat, parentLamports: [] },
      body: new Uint8Array(BODY_BYTES).fill(97),
    },
    { channelId, senderId, lamport, causalIds: [] },
    mallory,
  );
  const head = { senderId, messageId: messageIdOf(content), channelId, causalHistory: [], repairRequests: [] };
  return specCodec.encode({ kind: "content", lamport, bloomFilter: undefined, content, ...head });
}

const TOO_MANY = Math.ceil(MAX_BACKLOG_BYTES / BODY_BYTES) + 20;
/** Verifying and decrypting so much takes its time. */
const SLOWLY = { timeout: 60_000 };
const payloads: Uint8Array[] = [];

beforeAll(async () => {
  for (let number = 1; number <= TOO_MANY; number++) {
    payloads.push(await encryptPayload(key, await longMessage(number)));
  }
}, 120_000);

async function publishTooMany(network: MemoryNetwork): Promise<void> {
  const stranger = network.transport();
  await expect.poll(() => stranger.health().kind).toBe("online");
  for (const payload of payloads) {
    await stranger.publish({
      ...{ contentTopic: contentTopicOf(key), payload, version: 1, ephemeral: false, timestamp: Date.now() },
    });
  }
}

/** Ada's channel on a disk that takes nothing from the moment on in which the channel is open. */
async function onStuckDisk(network: MemoryNetwork) {
  const inner = createMemoryStorage();
  let letGo = () => {};
  let stuck: Promise<void> | null = null;
  const storage = storageWith(inner, {
    commit: async (...commit) => {
      await stuck;
      await inner.commit(...commit);
    },
  });
  const self = senderIdOf(channelId, ada.publicKey);
  const channel = await openChannel({
    identity: {
      ...{ channelId, self, publicKey: ada.publicKey, profile: "community" },
      parameters: CHANNEL_PARAMETER_DEFAULTS,
    },
    ...{ key, signer: ada, storage, clock: systemClock, random: createSeededRandom(1), transport: network.transport() },
  });
  stuck = new Promise((resolve) => {
    letGo = resolve;
  });
  const taken = () => channel.state.log.entries.size;
  return { channel, taken, letGo: () => letGo() };
}

/**
 * What comes live is taken in turn with what is read in the Store, one of each: who had not stopped reading would have read
 * as many more when all of these were refused.
 */
async function hearFromMany(network: MemoryNetwork, { refusals }: Channel): Promise<void> {
  const refused = () => [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const stranger = network.transport();
  await expect.poll(() => stranger.health().kind).toBe("online");
  for (let count = refused() + 1, rest = TOO_MANY; rest > 0; count++, rest--) {
    const payload = new Uint8Array([rest]);
    await stranger.publish({
      ...{ contentTopic: contentTopicOf(key), payload, version: 1, ephemeral: true, timestamp: Date.now() },
    });
    await expect.poll(refused, { ...SLOWLY, interval: 1 }).toBe(count);
  }
}

/** The one that makes it too much is taken in as well. */
const MOST = MAX_BACKLOG_BYTES + BODY_BYTES;

describe("a channel on a slow disk", { timeout: 120_000 }, () => {
  it("takes in only so much of those who talk, and the rest another time", async () => {
    const network = createMemoryNetwork();
    const { channel, taken, letGo } = await onStuckDisk(network);
    await publishTooMany(network);
    await expect.poll(() => (channel.refusals.get("inbound-full") ?? 0) + taken(), SLOWLY).toBe(TOO_MANY);
    expect(taken() * BODY_BYTES).toBeLessThanOrEqual(MOST);
    letGo();
    await channel.close();
  });

  it("is closed when all is written, for whoever closes it second too", async () => {
    const { channel, letGo } = await onStuckDisk(createMemoryNetwork());
    const order: string[] = [];
    const note = (what: string) => () => void order.push(what);
    const sent = channel.send({ requestId: "last", type: "chat", text: "last words" }).then(note("written"));
    await expect.poll(() => channel.state.outbox.items.size).toBe(1);
    const closed = [channel.close(), channel.close()].map((closing) => closing.then(note("closed")));
    letGo();
    await Promise.all([sent, ...closed]);
    expect(order).toEqual(["written", "closed", "closed"]);
  });

  it("reads on in the Store only when what it took in is written", async () => {
    const network = createMemoryNetwork();
    await publishTooMany(network);
    const { channel, taken, letGo } = await onStuckDisk(network);
    await expect.poll(() => taken() * BODY_BYTES, SLOWLY).toBeGreaterThan(MAX_BACKLOG_BYTES - BODY_BYTES);
    await hearFromMany(network, channel);
    expect(taken() * BODY_BYTES).toBeLessThanOrEqual(MOST);
    letGo();
    await expect.poll(taken, SLOWLY).toBe(TOO_MANY);
    await channel.close();
  });
});
