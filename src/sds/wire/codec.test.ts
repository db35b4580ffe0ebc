import { Message } from "@waku/sds";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_HISTORY_ENTRIES, MAX_ID_BYTES, MAX_MESSAGE_BYTES, MAX_REPAIR_REQUESTS } from "../parameters/limits.ts";
import { type DecodeProblem, decodeMessage, encodeMessage } from "./codec.ts";
import { asChannelId, asMessageId, asParticipantId } from "./ids.ts";
import type { HistoryEntry, SdsMessage } from "./message.ts";
import { ProtobufWriter } from "./protobuf.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => utf8(text).length <= 128);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const entry: fc.Arbitrary<HistoryEntry> = fc.record({
  messageId: id.map(asMessageId),
  retrievalHint: maybe(fc.uint8Array({ maxLength: 64 })),
  senderId: maybe(fc.oneof(id, fc.constant("")).map(asParticipantId)),
});
const head = {
  senderId: id.map(asParticipantId),
  messageId: id.map(asMessageId),
  channelId: id.map(asChannelId),
  causalHistory: fc.array(entry, { maxLength: 5 }),
  repairRequests: fc.array(entry, { maxLength: 3 }),
  bloomFilter: maybe(bytes),
};
const lamport = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => (n < 2n ** 53n ? Number(n) : n));
const smallLamport = fc.maxSafeNat();
const content = fc.uint8Array({ minLength: 1, maxLength: 200 });
const anyLamport = fc.oneof(lamport, smallLamport);
const message: fc.Arbitrary<SdsMessage> = fc.oneof(
  fc.record({ kind: fc.constant("content" as const), ...head, lamport: anyLamport, content }),
  fc.record({ kind: fc.constant("sync" as const), ...head, lamport: anyLamport }),
  fc.record({ kind: fc.constant("ephemeral" as const), ...head, content }),
);

const sample: SdsMessage = {
  kind: "content",
  senderId: asParticipantId("alice"),
  messageId: asMessageId("m1"),
  channelId: asChannelId("ch"),
  lamport: 7,
  content: utf8("hi"),
  causalHistory: [],
  repairRequests: [],
};

function reasonOf(input: Uint8Array): DecodeProblem | "accepted" {
  const result = decodeMessage(input);
  return result.ok ? "accepted" : result.reason;
}

function decoded(input: Uint8Array): SdsMessage {
  const result = decodeMessage(input);
  if (!result.ok) throw new Error(`rejected: ${result.reason}`);
  return result.message;
}

/** The sample with fields added behind it. */
const sampleWith = (add: (writer: ProtobufWriter) => unknown): Uint8Array => {
  const writer = new ProtobufWriter().raw(encodeMessage(sample));
  add(writer);
  return writer.finish();
};

describe("round trip", () => {
  it("gives back every message, and the same bytes again", () => {
    fc.assert(
      fc.property(message, (original) => {
        const encoded = encodeMessage(original);
        expect(decoded(encoded)).toEqual(original);
        expect(encodeMessage(decoded(encoded))).toEqual(encoded);
      }),
      { numRuns: 500 },
    );
  });

  //= protocol: WIRE-2
  it("is read by @waku/sds as we wrote it, and written by it as we write it", () => {
    fc.assert(
      fc.property(message, (ours) => {
        const encoded = encodeMessage(ours);
        const theirs = Message.decode(encoded);
        expect(theirs).toBeDefined();
        expect(theirs?.encode()).toEqual(encoded);
        expect(theirs?.messageId).toBe(ours.messageId);
        expect(theirs?.lamportTimestamp).toBe(ours.kind === "ephemeral" ? undefined : BigInt(ours.lamport));
        expect(theirs?.causalHistory.map((e) => e.messageId)).toEqual(ours.causalHistory.map((e) => e.messageId));
      }),
    );
  });
});

describe("kinds", () => {
  //= protocol: WIRE-1
  it("are told by what is present: empty content is none, a Lamport timestamp of 0 is one", () => {
    const build = (add: (writer: ProtobufWriter) => unknown): Uint8Array => {
      const writer = new ProtobufWriter().string(1, "a").string(2, "b").string(3, "c");
      add(writer);
      return writer.finish();
    };
    expect(decoded(build((w) => w.uint64(10, 0).bytes(20, utf8("x"))))).toMatchObject({ kind: "content", lamport: 0 });
    expect(decoded(build((w) => w.uint64(10, 0).bytes(20, utf8(""))))).toMatchObject({ kind: "sync", lamport: 0 });
    expect(decoded(build((w) => w.uint64(10, 0))).kind).toBe("sync");
    expect(decoded(build((w) => w.bytes(20, utf8("x")))).kind).toBe("ephemeral");
    expect(reasonOf(build((w) => w.bytes(20, utf8(""))))).toBe("no-kind");
    expect(reasonOf(build(() => {}))).toBe("no-kind");
  });
});

describe("hostile input", () => {
  //= protocol: WIRE-5
  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (input) => {
        expect(typeof decodeMessage(input).ok).toBe("boolean");
      }),
      { numRuns: 3_000 },
    );
  });

  it("never throws on damaged messages, and cut ones never gain a field", () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), fc.nat(), (original, position, value, end) => {
        const encoded = encodeMessage(original);
        const damaged = encoded.slice();
        damaged[position % encoded.length] = value;
        expect(typeof decodeMessage(damaged).ok).toBe("boolean");
        const cut = decodeMessage(encoded.subarray(0, end % encoded.length));
        if (cut.ok) expect(encodeMessage(cut.message).length).toBeLessThan(encoded.length);
      }),
      { numRuns: 1_000 },
    );
  });

  //= protocol: WIRE-7
  it("rejects singular fields that come twice, at both levels", () => {
    for (const field of [1, 2, 3]) expect(reasonOf(sampleWith((w) => w.string(field, "x")))).toBe("duplicate-field");
    expect(reasonOf(sampleWith((w) => w.uint64(10, 7)))).toBe("duplicate-field");
    expect(reasonOf(sampleWith((w) => w.bytes(20, utf8("other"))))).toBe("duplicate-field");
    expect(reasonOf(sampleWith((w) => w.bytes(12, utf8("")).bytes(12, utf8(""))))).toBe("duplicate-field");
    for (const field of [1, 2, 3]) {
      const twice = sampleWith((w) => w.message(11, (e) => e.string(1, "id").string(field, "x").string(field, "y")));
      expect(reasonOf(twice)).toBe("duplicate-field");
    }
  });

  //= protocol: WIRE-6
  it("rejects known fields of another wire type, and groups", () => {
    const bare = new ProtobufWriter();
    for (const field of [1, 2, 3, 11, 12, 13, 20]) {
      expect(reasonOf(new ProtobufWriter().uint64(field, 1).finish())).toBe("wire-type");
    }
    expect(reasonOf(bare.bytes(10, utf8("1")).finish())).toBe("wire-type");
    expect(reasonOf(sampleWith((w) => w.tag(99, 3).tag(99, 4)))).toBe("wire-type");
  });

  //= protocol: WIRE-6
  it("passes over unknown fields of all other types, in entries too", () => {
    const noisy = sampleWith((w) =>
      w
        .uint64(4, 2n ** 64n - 1n)
        .tag(5, 1)
        .raw(new Uint8Array(8))
        .tag(6, 5)
        .raw(new Uint8Array(4))
        .message(11, (e) => e.uint64(9, 1).string(1, "parent").bytes(1000, utf8("?")))
        .bytes(1000, utf8("trailer")),
    );
    expect(decoded(noisy)).toEqual({ ...sample, causalHistory: [{ messageId: "parent" }] });
  });

  //= protocol: WIRE-6
  it("reads fields in any order", () => {
    const backwards = new ProtobufWriter();
    backwards.bytes(20, utf8("hi")).string(99, "?").uint64(10, 7);
    backwards.string(3, "ch").string(2, "m1").string(1, "alice");
    expect(decoded(backwards.finish())).toEqual(sample);
  });

  //= protocol: WIRE-8
  it("requires every id", () => {
    for (const missing of ["senderId", "messageId", "channelId"]) {
      expect(reasonOf(encodeMessage({ ...sample, [missing]: "" }))).toBe("missing-id");
    }
    expect(reasonOf(sampleWith((w) => w.message(11, (e) => e.string(3, "bob"))))).toBe("missing-id");
    expect(reasonOf(sampleWith((w) => w.bytes(13, utf8(""))))).toBe("missing-id");
  });

  //= protocol: LIMIT-1, LIMIT-2, LIMIT-3, LIMIT-4, LIMIT-5
  it("keeps to its limits, each met exactly by the largest that is allowed", () => {
    const longId = "x".repeat(MAX_ID_BYTES);
    expect(reasonOf(encodeMessage({ ...sample, senderId: asParticipantId(longId) }))).toBe("accepted");
    expect(reasonOf(encodeMessage({ ...sample, senderId: asParticipantId(`${longId}x`) }))).toBe("too-long");
    // Counted in bytes: 64 two-byte characters and one more.
    expect(reasonOf(encodeMessage({ ...sample, messageId: asMessageId("ä".repeat(64)) }))).toBe("accepted");
    expect(reasonOf(encodeMessage({ ...sample, messageId: asMessageId(`${"ä".repeat(64)}x`) }))).toBe("too-long");

    const entries = (count: number): HistoryEntry[] =>
      Array.from({ length: count }, (_, i) => ({ messageId: asMessageId(`m${i}`) }));
    const history = (count: number): Uint8Array => encodeMessage({ ...sample, causalHistory: entries(count) });
    const requests = (count: number): Uint8Array => encodeMessage({ ...sample, repairRequests: entries(count) });
    expect(reasonOf(history(MAX_HISTORY_ENTRIES))).toBe("accepted");
    expect(reasonOf(history(MAX_HISTORY_ENTRIES + 1))).toBe("too-many-entries");
    expect(reasonOf(requests(MAX_REPAIR_REQUESTS))).toBe("accepted");
    expect(reasonOf(requests(MAX_REPAIR_REQUESTS + 1))).toBe("too-many-entries");

    const hint = (size: number): Uint8Array =>
      encodeMessage({
        ...sample,
        causalHistory: [{ messageId: asMessageId("m"), retrievalHint: new Uint8Array(size) }],
      });
    expect(reasonOf(hint(64))).toBe("accepted");
    expect(reasonOf(hint(65))).toBe("too-long");

    const overhead = encodeMessage({ ...sample, content: new Uint8Array(150_000) }).length - 150_000;
    const largest = encodeMessage({ ...sample, content: new Uint8Array(MAX_MESSAGE_BYTES - overhead) });
    expect(largest.length).toBe(MAX_MESSAGE_BYTES);
    expect(reasonOf(largest)).toBe("accepted");
    expect(reasonOf(new ProtobufWriter().raw(largest).bytes(99, utf8("")).finish())).toBe("too-large");
  });

  it("keeps the content when the bloom filter is of no use", () => {
    for (const size of [0, 1, 18_752, 100_000]) {
      const message = decoded(encodeMessage({ ...sample, bloomFilter: new Uint8Array(size) }));
      expect(message.bloomFilter?.length).toBe(size);
    }
  });
});

describe("memory", () => {
  it("copies retrieval hints, so that keeping one does not keep the message", () => {
    const hint = new Uint8Array(32).fill(9);
    const encoded = encodeMessage({ ...sample, causalHistory: [{ messageId: asMessageId("m"), retrievalHint: hint }] });
    const message = decoded(encoded);
    expect(message.causalHistory[0]?.retrievalHint?.buffer.byteLength).toBe(32);
    expect(message.kind === "content" && message.content.buffer === encoded.buffer).toBe(true);
  });
});
