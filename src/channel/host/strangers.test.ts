import { afterEach, describe, expect, it } from "vitest";
import { signEnvelope } from "../../identity/authors/envelope.ts";
import { splitTrailer } from "../../identity/authors/trailer.ts";
import { channelIdOf } from "../../identity/joining/descriptor.ts";
import { parseInvite } from "../../identity/joining/invite.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { contentTopicOf } from "../../identity/secrecy/content-topic.ts";
import { decryptPayload, encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import { asParticipantId, type ChannelId } from "../../sds/wire/ids.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { EphemeralView } from "../api/channel-client.ts";
import { createChannelHost } from "./host.ts";

/** A channel on one device, and a stranger who has its invite and makes its own bytes. */
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function channelAndStranger(profile: "community" | "sds") {
  const net = createMemoryNetwork();
  const disk = createMemoryDisk();
  const storage = createMemoryStorage(disk);
  const heard: EphemeralView[] = [];
  const host = createChannelHost({ storage, openTransport: () => net.transport() });
  closing.push(() => host.close());
  const parameters = { ackWindowMs: 40 };
  const { inviteCode, id } = await host.create({
    ...{ name: "Harbour", displayName: "Ada", profile, multiaddrs: null, parameters },
  });
  const descriptor = parseInvite(inviteCode);
  const transport = net.transport();
  const contentTopic = contentTopicOf(descriptor.key);
  const publish = async (bytes: Uint8Array, ephemeral = false) => {
    const payload = await encryptPayload(descriptor.key, bytes);
    await transport.publish({ contentTopic, payload, version: 1, ephemeral, timestamp: Date.now() });
  };
  const said: Uint8Array[] = [];
  transport.subscribe(contentTopic, (frame) => {
    void decryptPayload(descriptor.key, frame.payload).then((bytes) => bytes !== null && said.push(bytes));
  });
  const client = host.open(id);
  client.watchEphemeral((message) => heard.push(message));
  // Whoever asks is answered when the channel is open, and then it listens.
  await client.snapshot();
  return { host, id, channelId: channelIdOf(descriptor), storage, publish, said, heard, client };
}

async function until<T>(what: string, found: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const result = await found();
    if (result) return result;
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const signer = createNobleSigner(new Uint8Array(32).fill(3));

async function signedEphemeral(
  channelId: ChannelId,
  text: string,
  composedAt = Date.now(),
  senderId = senderIdOf(channelId, signer.publicKey),
): Promise<Uint8Array> {
  const content = await signEnvelope(
    {
      ...{ authorSeq: 0, composedAt, type: MESSAGE_TYPE.status, parentLamports: [], origin: undefined },
      body: new TextEncoder().encode(text),
    },
    { channelId, senderId: senderIdOf(channelId, signer.publicKey), lamport: null, causalIds: [] },
    signer,
  );
  const messageId = messageIdOf(content);
  return specCodec.encode({
    ...{ kind: "ephemeral", senderId, messageId, channelId, content, causalHistory: [], repairRequests: [] },
  });
}

describe("ephemeral messages", () => {
  //= protocol: EPHEMERAL-1, EPHEMERAL-2, EPHEMERAL-3
  it("of members are handed on at once, once, and kept nowhere; old ones and broken ones are not", async () => {
    const { channelId, publish, heard, client } = await channelAndStranger("community");
    const sender = senderIdOf(channelId, signer.publicKey);
    const ephemeral = (text: string, composedAt: number, senderId = sender) =>
      signedEphemeral(channelId, text, composedAt, senderId);
    const now = Date.now();
    const typing = await ephemeral("is writing", now);
    for (const bytes of [typing, typing]) await publish(bytes, true);
    await publish(await ephemeral("was writing", now - 3_600_000), true);
    await publish(await ephemeral("never said", now, asParticipantId("somebody")), true);
    await publish(await ephemeral("has written", now), true);
    await until("both", async () => heard.length === 2);
    expect(heard.map(({ text, author, signed, type }) => [text, author, signed, type])).toEqual([
      ["is writing", sender, true, "status"],
      ["has written", sender, true, "status"],
    ]);
    const { page, participants } = await client.snapshot();
    expect(page.entries.map((entry) => entry.kind === "message" && entry.type)).toEqual(["profile"]);
    expect(participants.length).toBe(1);
  });

  //= protocol: EPHEMERAL-2
  it.each(["community", "sds"] as const)("of plain clients in profile %s", async (profile) => {
    const { channelId, publish, heard } = await channelAndStranger(profile);
    const plain = async (senderId: string, text: string) => {
      const content = new TextEncoder().encode(text);
      const head = { messageId: messageIdOf(content), channelId, causalHistory: [], repairRequests: [] };
      await publish(
        specCodec.encode({ kind: "ephemeral", senderId: asParticipantId(senderId), content, ...head }),
        true,
      );
    };
    await plain(senderIdOf(channelId, signer.publicKey), "in a member's name");
    await plain("plain", "typing");
    await publish(await signedEphemeral(channelId, "the last one"), true);
    await until("the last one", async () => heard.some(({ text }) => text === "the last one"));
    const texts = heard.map(({ text, signed }) => [text, signed]);
    expect(texts).toEqual([...(profile === "sds" ? [["typing", false]] : []), ["the last one", true]]);
  });
});

describe("a copy without its trailer that comes first", () => {
  //= protocol: STATE-1, DUP-3
  it("is kept, and replaced by the whole one when that comes", async () => {
    const writer = await channelAndStranger("community");
    const { inviteCode } = (await writer.host.channels())[0] ?? { inviteCode: "" };
    const { id: message } = await writer.client.send({ requestId: "r", type: "chat", text: "hello" });
    const whole = await until("its bytes", async () =>
      writer.said.find((bytes) => {
        const decoded = specCodec.decode(bytes);
        return decoded.ok && decoded.message.messageId === message;
      }),
    );
    const stripped = splitTrailer(whole)?.message ?? whole;
    expect(stripped.length).toBeLessThan(whole.length);

    // Another device in a network of its own, that hears the copies only.
    const net = createMemoryNetwork();
    const storage = createMemoryStorage(createMemoryDisk());
    const host = createChannelHost({ storage, openTransport: () => net.transport() });
    closing.push(() => host.close());
    const { id } = await host.join({ invite: inviteCode, displayName: "Ben" });
    const { key } = parseInvite(inviteCode);
    const transport = net.transport();
    const publish = async (bytes: Uint8Array) => {
      const payload = await encryptPayload(key, bytes);
      await transport.publish({
        ...{ contentTopic: contentTopicOf(key), payload, version: 1, ephemeral: false, timestamp: Date.now() },
      });
    };
    const stored = async () => (await storage.readBodies(id, [message]))[0]?.bytes;
    await publish(stripped);
    await until("it is stored", async () => (await stored())?.length === stripped.length);
    const broken = whole.slice();
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    await publish(broken);
    await publish(whole);
    await until("the whole copy", async () => (await stored())?.length === whole.length);
    expect(await stored()).toEqual(whole);
  });
});
