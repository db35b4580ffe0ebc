import { describe, expect, it } from "vitest";
import { appendTrailer, splitTrailer } from "../../identity/authors/trailer.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import type { CopyPlace } from "../../sds/log/lower-copy.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import { asChannelId, asMessageId, asParticipantId, type ParticipantId } from "../../sds/wire/ids.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import { MAX_TEXT_BYTES } from "../api/limits.ts";
import { decodeText } from "../api/text.ts";
import { composeContent, composeEphemeral } from "../sending/compose.ts";
import { type Incoming, readIncoming } from "./incoming.ts";

const channelId = asChannelId("A".repeat(22));
const signer = createNobleSigner(new Uint8Array(32).fill(7));
const member = senderIdOf(channelId, signer.publicKey);
const plain = asParticipantId("plain-sds-client");
const lamport = 1_790_000_000_000;

function read(bytes: Uint8Array): Incoming {
  return readIncoming(bytes, "live", undefined, { channelId, profile: "sds", held: () => undefined });
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

async function composed(text: string): Promise<{ readonly bytes: Uint8Array; readonly content: Uint8Array }> {
  const preparation = { authorSeq: 1, lamport, parents: [], completeSince: 0, bloomFilter: undefined };
  const author = { channelId, self: member, signer };
  const { bytes } = await composeContent(
    author,
    preparation,
    MESSAGE_TYPE.chat,
    new TextEncoder().encode(text),
    lamport,
  );
  const decoded = specCodec.decode(bytes);
  if (!decoded.ok || decoded.message.kind !== "content") throw new Error("not content");
  return { bytes, content: decoded.message.content };
}

describe("a channel of profile sds", () => {
  //= protocol: PROFILE-2, PROFILE-4
  it("takes an unsigned word from a plain client, as unsigned", () => {
    expect(read(unsignedSync(plain))).toMatchObject({ kind: "input", input: { claim: { signed: false } } });
    const text = new TextEncoder().encode("hello");
    expect(read(unsignedContent(plain, text))).toMatchObject({ kind: "input", input: { content: { signed: false } } });
  });

  //= protocol: PROFILE-3
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
    const whole = read(bytes);
    expect(whole).toMatchObject({
      kind: "input",
      input: { content: { signed: true } },
      trailer: { claim: { signed: true } },
    });
    expect(whole.kind === "input" && whole.trailer?.verify()).toBeNull();
    const decoded = specCodec.decode(bytes);
    if (!decoded.ok || decoded.message.kind !== "content") throw new Error("not content");
    const broken = decoded.message.content.slice();
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    expect(read(unsignedContent(member, broken)).kind).toBe("refused");
  });

  //= protocol: PROFILE-3
  it("takes no envelope as the text of a plain client: it would be a member's message under another name", async () => {
    const { content } = await composed("hi");
    expect(read(unsignedContent(plain, content))).toEqual({ kind: "refused", reason: "bad-author-signature" });
  });

  //= protocol: PROFILE-7
  it("takes a lower copy of an unsigned message, and knows a higher one as held", () => {
    const bytes = unsignedContent(plain, new TextEncoder().encode("ok"));
    const kindWhenHeld = (held: CopyPlace) =>
      readIncoming(bytes, "live", undefined, { channelId, profile: "sds", held: () => held }).kind;
    expect(kindWhenHeld({ signed: false, lamport: lamport + 1, sender: plain })).toBe("input");
    expect(kindWhenHeld({ signed: false, lamport, sender: asParticipantId("z") })).toBe("input");
    expect(kindWhenHeld({ signed: false, lamport, sender: plain })).toBe("copy");
    expect(kindWhenHeld({ signed: false, lamport: lamport - 1, sender: asParticipantId("z") })).toBe("copy");
    expect(kindWhenHeld({ signed: true, lamport: lamport + 1, sender: member })).toBe("copy");
  });
});

describe("another copy of a held message", () => {
  const copyOf = (bytes: Uint8Array) => {
    const held = { signed: true, lamport, sender: member };
    const incoming = readIncoming(bytes, "live", undefined, { channelId, profile: "community", held: () => held });
    if (incoming.kind !== "copy") throw new Error(incoming.kind);
    return incoming.trailer;
  };

  //= protocol: RECEIVE-2
  it("has nothing to verify without a trailer", async () => {
    const { bytes } = await composed("hi");
    const split = splitTrailer(bytes);
    expect(copyOf(split?.message ?? bytes)).toBeNull();
    expect(copyOf(bytes)?.verify()).toBeNull();
  });

  //= protocol: DUP-2
  it("holds only with the author's own place and causes, whoever signed the trailer", async () => {
    const { bytes, content } = await composed("hi");
    const split = splitTrailer(bytes);
    const decoded = specCodec.decode(bytes);
    if (split === null || !decoded.ok || decoded.message.kind !== "content") throw new Error("not content");
    const later = specCodec.encode({ ...decoded.message, lamport: lamport + 1, content });
    const { flags, completeSince } = split.trailer;
    expect(copyOf(await appendTrailer(later, { flags, completeSince }, signer))?.verify()).toBe("bad-author-signature");
    const broken = bytes.slice();
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    expect(copyOf(broken)?.verify()).toBe("bad-trailer-signature");
  });
});

describe("content", () => {
  const from = (bytes: Uint8Array, held: CopyPlace | undefined = undefined) =>
    readIncoming(bytes, "live", undefined, { channelId, profile: "community", held: () => held });
  const composedOf = async (type: number, body: Uint8Array) => {
    const preparation = { authorSeq: 1, lamport, parents: [], completeSince: 0, bloomFilter: undefined };
    return (await composeContent({ channelId, self: member, signer }, preparation, type, body, lamport)).bytes;
  };

  //= protocol: RECEIVE-1, ID-1
  it("under an id that is not its own is refused, whatever is held under that id", async () => {
    const { bytes } = await composed("hi");
    const decoded = specCodec.decode(bytes);
    if (!decoded.ok) throw new Error("not content");
    const squatting = specCodec.encode({ ...decoded.message, messageId: messageIdOf(Uint8Array.of(1)) });
    const held = { signed: true, lamport, sender: member };
    for (const place of [undefined, held])
      expect(from(squatting, place)).toEqual({ kind: "refused", reason: "wrong-id" });
  });

  //= protocol: WIRE-16
  it("a void with a body is read like others", async () => {
    const read = from(await composedOf(MESSAGE_TYPE.void, Uint8Array.of(1, 2)));
    expect(read).toMatchObject({ kind: "input", input: { content: { type: MESSAGE_TYPE.void } } });
  });

  //= protocol: WIRE-18
  it("may have a longer text than is written, as far as it fits into a message", async () => {
    const longer = new Uint8Array(MAX_TEXT_BYTES + 50_000).fill(0x61);
    expect(from(await composedOf(MESSAGE_TYPE.chat, longer)).kind).toBe("input");
  });

  //= protocol: WIRE-18
  it("that is not UTF-8 has no text", () => {
    expect([decodeText(Uint8Array.of(0x61)), decodeText(Uint8Array.of(0xff))]).toEqual(["a", null]);
  });
});

//= protocol: EPHEMERAL-2
it("an ephemeral message out of a Store is refused, live it is handed on", async () => {
  const body = new TextEncoder().encode("is writing");
  const bytes = await composeEphemeral({ channelId, self: member, signer }, MESSAGE_TYPE.status, body, lamport);
  const context = { channelId, profile: "community", held: () => undefined } as const;
  expect(readIncoming(bytes, "store", undefined, context)).toEqual({ kind: "refused", reason: "ephemeral-stored" });
  expect(readIncoming(bytes, "live", undefined, context).kind).toBe("ephemeral");
});
