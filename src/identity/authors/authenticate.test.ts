import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asChannelId } from "../../sds/wire/ids.ts";
import type { SdsMessage } from "../../sds/wire/message.ts";
import {
  channelId,
  encodeSds,
  flipBit,
  LAMPORT,
  sampleContent,
  sampleEphemeral,
  sampleSync,
  signer,
  stranger,
  strangerId,
} from "../testing/sample.ts";
import { authenticate } from "./authenticate.ts";
import { appendTrailer } from "./trailer.ts";

const claim = { publicKey: signer.publicKey };

test("content: author and claim", async () => {
  const { decoded, bytes } = await sampleContent();
  const verdict = authenticate(bytes, decoded, channelId);
  expect(verdict.author?.publicKey).toEqual(signer.publicKey);
  expect(verdict.author?.envelope.authorSeq).toBe(7);
  expect(verdict.claim).toEqual({ ...claim, flags: 0, completeSince: LAMPORT - 600_000 });
  expect(verdict).not.toHaveProperty("problem");
});

test("sync: a claim and no author", async () => {
  const { decoded, bytes } = await sampleSync();
  expect(authenticate(bytes, decoded, channelId)).toEqual({
    author: null,
    claim: { ...claim, flags: 1, completeSince: 12 },
  });
});

test("ephemeral: author and claim", async () => {
  const { decoded, bytes } = await sampleEphemeral();
  const verdict = authenticate(bytes, decoded, channelId);
  expect(verdict.author?.envelope.type).toBe(3);
  expect(verdict.claim).toEqual({ ...claim, flags: 0, completeSince: 0 });
});

describe("one without the other", () => {
  //= protocol: SIGN-11
  test("content whose trailer is gone or broken still has its author", async () => {
    const { decoded, bytes } = await sampleContent();
    const bare = authenticate(encodeSds(decoded), decoded, channelId);
    expect(bare.author).not.toBeNull();
    expect(bare).toMatchObject({ claim: null, problem: "no-trailer" });
    const broken = authenticate(flipBit(bytes, bytes.length * 8 - 1), decoded, channelId);
    expect(broken.author).not.toBeNull();
    expect(broken.claim).toBeNull();
  });

  //= protocol: SIGN-11
  test("content whose author signature is broken still has its sender's claim, when the sender signed that", async () => {
    const { decoded } = await sampleContent();
    const content = flipBit(decoded.content, decoded.content.length * 8 - 1);
    const forged: SdsMessage = { ...decoded, content };
    const bytes = await appendTrailer(encodeSds(forged), { flags: 0, completeSince: 5 }, signer);
    expect(authenticate(bytes, forged, channelId)).toEqual({
      author: null,
      claim: { ...claim, flags: 0, completeSince: 5 },
      problem: "bad-author-signature",
    });
  });
});

describe("nothing", () => {
  test("for what a plain SDS client sends", async () => {
    const { decoded } = await sampleContent();
    const plain: SdsMessage = { ...decoded, content: new TextEncoder().encode("ok") };
    const nothing = { author: null, claim: null };
    expect(authenticate(encodeSds(plain), plain, channelId)).toEqual({ ...nothing, problem: "no-envelope" });
    const sync = (await sampleSync()).decoded;
    expect(authenticate(encodeSds(sync), sync, channelId)).toEqual({ ...nothing, problem: "no-trailer" });
  });

  test("for a message taken to another channel", async () => {
    const other = asChannelId("AAAAAAAAAAAAAAAAAAAAAA");
    for (const { decoded, bytes } of [await sampleContent(), await sampleSync(), await sampleEphemeral()]) {
      const nothing = { author: null, claim: null };
      expect(authenticate(bytes, decoded, other)).toEqual({ ...nothing, problem: "other-channel" });
      const moved: SdsMessage = { ...decoded, channelId: other };
      expect(authenticate(bytes, moved, other)).toMatchObject(nothing);
    }
  });

  //= protocol: SIGN-10
  test("for an author's content under somebody else's sender id, even with that one's trailer", async () => {
    const { decoded } = await sampleContent();
    const stolen: SdsMessage = { ...decoded, senderId: strangerId };
    const bytes = await appendTrailer(encodeSds(stolen), { flags: 0, completeSince: 0 }, stranger);
    expect(authenticate(bytes, stolen, channelId)).toEqual({
      author: null,
      claim: null,
      problem: "bad-author-signature",
    });
  });

  //= protocol: SIGN-8
  test("for a trailer of somebody else behind an author's content", async () => {
    const { decoded } = await sampleContent();
    const withKey = { flags: 0, completeSince: 0, publicKey: stranger.publicKey };
    const bytes = await appendTrailer(encodeSds(decoded), withKey, stranger);
    const verdict = authenticate(bytes, decoded, channelId);
    expect(verdict).toMatchObject({ claim: null, problem: "trailer-of-another" });
    expect(verdict.author).not.toBeNull();
  });

  //= protocol: SIGN-8
  test("for a sync whose trailer has no key", async () => {
    const { decoded } = await sampleSync();
    const bytes = await appendTrailer(encodeSds(decoded), { flags: 0, completeSince: 0 }, signer);
    expect(authenticate(bytes, decoded, channelId)).toMatchObject({ claim: null, problem: "no-trailer-key" });
  });

  test("for a Lamport timestamp above 2^53", async () => {
    const { decoded, bytes } = await sampleSync();
    const verdict = authenticate(bytes, { ...decoded, lamport: 2n ** 60n }, channelId);
    expect(verdict).toEqual({ author: null, claim: null, problem: "lamport-out-of-range" });
  });

  //= protocol: SIGN-3
  test("for an ephemeral message made from content, and content from an ephemeral message", async () => {
    const content = (await sampleContent()).decoded;
    const asEphemeral: SdsMessage = { ...content, kind: "ephemeral" };
    expect(authenticate(encodeSds(asEphemeral), asEphemeral, channelId).author).toBeNull();
    const asContent: SdsMessage = { ...(await sampleEphemeral()).decoded, kind: "content", lamport: 0 };
    expect(authenticate(encodeSds(asContent), asContent, channelId).author).toBeNull();
  });
});

test("no flipped bit of the message leaves the claim standing", async () => {
  const { decoded, bytes } = await sampleContent();
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      expect(authenticate(flipBit(bytes, bit), decoded, channelId).claim).toBeNull();
    }),
  );
});
