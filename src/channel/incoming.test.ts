import { describe, expect, it } from "vitest";
import { createNobleSigner } from "../identity/noble-signer.ts";
import { senderIdOf } from "../identity/sender-id.ts";
import { specCodec } from "../sds/codec.ts";
import { asChannelId, asMessageId, asParticipantId, type ParticipantId } from "../sds/ids.ts";
import { messageIdOf } from "../sds/message-id.ts";
import { MESSAGE_TYPE } from "../sds/message-type.ts";
import { composeContent } from "./compose.ts";
import { type Incoming, readIncoming } from "./incoming.ts";

const channelId = asChannelId("A".repeat(22));
const signer = createNobleSigner(new Uint8Array(32).fill(7));
const member = senderIdOf(channelId, signer.publicKey);
const plain = asParticipantId("plain-sds-client");
const lamport = 1_790_000_000_000;

function read(bytes: Uint8Array): Incoming {
  return readIncoming(bytes, "live", undefined, { channelId, profile: "sds", holds: () => false });
}

function unsignedSync(senderId: ParticipantId): Uint8Array {
  const causalHistory = [{ messageId: asMessageId("a".repeat(64)) }];
  const head = { channelId, causalHistory, repairRequests: [], messageId: asMessageId("sync") };
  return specCodec.encode({ kind: "sync", senderId, lamport, ...head });
}

function unsignedContent(senderId: ParticipantId, content: Uint8Array): Uint8Array {
  const head = { channelId, causalHistory: [], repairRequests: [], messageId: messageIdOf(content) };
  return specCodec.encode({ kind: "content", senderId, lamport, content, ...head });
}

describe("a channel of profile sds", () => {
  it("takes an unsigned word from a plain client, as unsigned", () => {
    expect(read(unsignedSync(plain))).toMatchObject({ kind: "input", input: { claim: { signed: false } } });
    const text = new TextEncoder().encode("hello");
    expect(read(unsignedContent(plain, text))).toMatchObject({ kind: "input", input: { content: { signed: false } } });
  });

  it("takes no unsigned word in the name of somebody who has a key: no claim, no message", () => {
    expect(read(unsignedSync(member)).kind).toBe("refused");
    expect(read(unsignedContent(member, new TextEncoder().encode("hello"))).kind).toBe("refused");
  });

  it("refuses a member's message whose signature is broken, and takes the whole one", async () => {
    const preparation = { authorSeq: 1, lamport, parents: [], completeSince: 0, bloomFilter: undefined };
    const author = { channelId, self: member, signer };
    const { bytes } = await composeContent(
      author,
      preparation,
      MESSAGE_TYPE.chat,
      new TextEncoder().encode("hi"),
      lamport,
    );
    expect(read(bytes)).toMatchObject({ kind: "input", input: { content: { signed: true }, claim: { signed: true } } });
    const decoded = specCodec.decode(bytes);
    if (!decoded.ok || decoded.message.kind !== "content") throw new Error("not content");
    const broken = decoded.message.content.slice();
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    expect(read(unsignedContent(member, broken)).kind).toBe("refused");
  });
});
