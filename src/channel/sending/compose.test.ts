import { describe, expect, test } from "vitest";
import { parentLamportsOf, verifyEnvelope } from "../../identity/authors/envelope.ts";
import { decodeEnvelope, type Envelope } from "../../identity/authors/envelope-codec.ts";
import { RECEIPTS_WANTED, type SplitMessage, splitTrailer, verifyTrailer } from "../../identity/authors/trailer.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import type { SyncDraft } from "../../sds/io/effect.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import { encodeText } from "../api/text.ts";
import { composeContent, composeEphemeral, composeSync } from "./compose.ts";

const channelId = asChannelId("harbour");
const signer = createNobleSigner(new Uint8Array(32).fill(1));
const self = senderIdOf(channelId, signer.publicKey);
const author = { channelId, self, signer };
const idOf = (byte: string) => asMessageId(byte.repeat(32));
const HINT = new Uint8Array(32).fill(9);
const PREPARATION = {
  ...{ authorSeq: 4, lamport: 1_000, completeSince: 700, bloomFilter: undefined },
  parents: [
    { id: idOf("0a"), lamport: 990, hint: HINT },
    { id: idOf("0b"), lamport: 980, hint: undefined },
  ],
};

function split(bytes: Uint8Array): SplitMessage {
  const parts = splitTrailer(bytes);
  if (parts === null) throw new Error("There is no trailer.");
  return parts;
}

function messageOf(bytes: Uint8Array) {
  const result = specCodec.decode(bytes);
  if (!("message" in result)) throw new Error(JSON.stringify(result));
  return result.message;
}

function envelopeOf(content: Uint8Array): Envelope {
  const envelope = decodeEnvelope(content);
  if (envelope === null) throw new Error("That is no envelope.");
  return envelope;
}

//= protocol: COMPOSE-3, COMPOSE-5, SIGN-8
test("a message names its causes with their times and hints, and is signed with what it says of its author", async () => {
  const body = encodeText("hello");
  const content = await composeContent(author, PREPARATION, MESSAGE_TYPE.chat, body, 1_234);
  const message = messageOf(content.bytes);
  if (message.kind !== "content") throw new Error(message.kind);
  const { causalHistory, lamport, senderId, messageId } = message;
  expect({ lamport, senderId, messageId }).toEqual({ lamport: 1_000, senderId: self, messageId: content.id });
  expect(causalHistory.map(({ messageId: id, retrievalHint }) => [id, retrievalHint])).toEqual([
    [idOf("0a"), HINT],
    [idOf("0b"), undefined],
  ]);
  const envelope = envelopeOf(message.content);
  expect(envelope).toMatchObject({ authorSeq: 4, composedAt: 1_234, type: MESSAGE_TYPE.chat, body });
  expect(parentLamportsOf(envelope, 1_000)).toEqual([990, 980]);
  const context = { channelId, senderId: self, lamport: 1_000, causalIds: [idOf("0a"), idOf("0b")] };
  expect(verifyEnvelope(envelope, context)).toBe(true);
  const parts = split(content.bytes);
  expect(parts.trailer).toMatchObject({ flags: 0, completeSince: 700 });
  expect(verifyTrailer(parts, signer.publicKey)).toBe(true);
});

test("only of an introduction the text is a name", async () => {
  const nameIn = async (type: number) =>
    (await composeContent(author, PREPARATION, type, encodeText("Ada"), 1)).profileName;
  expect([await nameIn(MESSAGE_TYPE.profile), await nameIn(MESSAGE_TYPE.chat)]).toEqual(["Ada", null]);
});

//= protocol: EPHEMERAL-4
test("what is said in passing has no time, no causes and no number, and is signed", async () => {
  const message = messageOf(await composeEphemeral(author, MESSAGE_TYPE.status, encodeText("is writing"), 77));
  if (message.kind !== "ephemeral") throw new Error(message.kind);
  const envelope = envelopeOf(message.content);
  expect(envelope).toMatchObject({ authorSeq: 0, composedAt: 77, type: MESSAGE_TYPE.status });
  expect(message.causalHistory).toEqual([]);
  expect(verifyEnvelope(envelope, { channelId, senderId: self, lamport: null, causalIds: [] })).toBe(true);
});

describe("a sync", () => {
  const draft: SyncDraft = {
    ...{ messageId: idOf("0c"), lamport: 5, causalHistory: [], repairRequests: [], bloomFilter: undefined },
    ...{ completeSince: 3, receiptsWantedFrom: null, checkpoint: false },
  };

  //= protocol: RECEIPT-2
  test("that wants receipts says so, and names whom it asks by the first bytes of their ids", async () => {
    const parts = split(await composeSync(author, { ...draft, receiptsWantedFrom: [0x01020304, 0xfffffffe] }));
    expect(parts.trailer.flags).toBe(RECEIPTS_WANTED);
    expect(parts.trailer.receiptsFrom).toEqual(Uint8Array.of(1, 2, 3, 4, 0xff, 0xff, 0xff, 0xfe));
    expect(verifyTrailer(parts, signer.publicKey)).toBe(true);
  });

  test("that wants none asks nobody; its trailer says who signed it", async () => {
    const { trailer } = split(await composeSync(author, draft));
    expect([trailer.flags, trailer.receiptsFrom, trailer.completeSince]).toEqual([0, undefined, 3]);
    expect(trailer.publicKey).toEqual(signer.publicKey);
  });
});
