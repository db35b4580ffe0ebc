import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import { ProtobufWriter } from "../../sds/wire/protobuf.ts";
import {
  channelId,
  context,
  fields,
  flipBit,
  LAMPORT,
  parents,
  senderId,
  signer,
  strangerId,
} from "../testing/sample.ts";
import { type EnvelopeContext, parentLamportsOf, signEnvelope, verifyEnvelope } from "./envelope.ts";
import { decodeEnvelope, type Envelope, encodeEnvelope } from "./envelope-codec.ts";

let bytes: Uint8Array;
let envelope: Envelope;

beforeAll(async () => {
  bytes = await signEnvelope(fields, context, signer);
  const decoded = decodeEnvelope(bytes);
  if (decoded === null) throw new Error("The sample does not decode");
  envelope = decoded;
});

//= protocol: SIGN-5
test("comes back as it was signed, and the signature holds", () => {
  const { parentLamports, ...rest } = fields;
  expect(envelope).toMatchObject({ ...rest, version: 1, publicKey: signer.publicKey });
  expect(parentLamportsOf(envelope, LAMPORT)).toEqual(parentLamports);
  expect(verifyEnvelope(envelope, context)).toBe(true);
});

const safe = fc.maxSafeNat();
const anyFields = fc.record({
  authorSeq: safe,
  composedAt: safe,
  type: fc.integer({ min: 1, max: 0xffff }),
  body: fc.uint8Array({ maxLength: 300 }),
  origin: fc.option(fc.webUrl(), { nil: undefined }),
  lamport: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  deltas: fc.array(safe, { maxLength: 8 }),
});

//= protocol: WIRE-3
test("any valid fields come back, from one encoding only", async () => {
  const property = fc.asyncProperty(anyFields, async ({ lamport, deltas, ...rest }) => {
    const parentLamports = deltas.map((delta) => lamport - 1 - (delta % lamport));
    const causalIds = deltas.map((_, i) => asMessageId(`id-${i}`));
    const place: EnvelopeContext = { channelId, senderId, lamport, causalIds };
    const encoded = await signEnvelope({ ...rest, parentLamports }, place, signer);
    const decoded = decodeEnvelope(encoded);
    if (decoded === null) throw new Error("Does not decode");
    expect({ ...decoded }).toMatchObject(JSON.parse(JSON.stringify({ type: rest.type, origin: rest.origin })));
    expect(decoded.body).toEqual(rest.body);
    expect([decoded.authorSeq, decoded.composedAt]).toEqual([rest.authorSeq, rest.composedAt]);
    expect(parentLamportsOf(decoded, lamport)).toEqual(parentLamports);
    expect(encodeEnvelope(decoded)).toEqual(encoded);
    expect(verifyEnvelope(decoded, place)).toBe(true);
  });
  await fc.assert(property, { numRuns: 60 });
});

//= protocol: WIRE-11
test("whatever is changed in an envelope, what still decodes has no other encoding", () => {
  const change = fc.record({ at: fc.nat(bytes.length), drop: fc.nat(3), insert: fc.uint8Array({ maxLength: 4 }) });
  const property = fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
    let changed = [...bytes];
    for (const { at, drop, insert } of changes) changed = changed.toSpliced(at, drop, ...insert);
    const decoded = decodeEnvelope(Uint8Array.from(changed));
    if (decoded !== null) expect([...encodeEnvelope(decoded)]).toEqual(changed);
  });
  fc.assert(property, { numRuns: 2_000 });
});

describe("verifyEnvelope is false", () => {
  test("for any flipped bit of the envelope", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const flipped = decodeEnvelope(flipBit(bytes, bit));
        expect(flipped !== null && verifyEnvelope(flipped, context)).toBe(false);
      }),
    );
  });

  const [first, second] = parents;
  //= protocol: SIGN-3, SIGN-4
  test.each<[string, Partial<EnvelopeContext>]>([
    ["channel", { channelId: asChannelId("AAECAwQFBgcICQoLDA0ODg") }],
    ["sender", { senderId: strangerId }],
    ["Lamport timestamp", { lamport: LAMPORT + 1 }],
    ["kind", { lamport: null }],
    ["order of causes", { causalIds: [second, first].filter((id) => id !== undefined) }],
    ["cause", { causalIds: [first, asMessageId("other")].filter((id) => id !== undefined) }],
    ["number of causes", { causalIds: parents.slice(1) }],
  ])("for another %s", (_what, change) => {
    expect(verifyEnvelope(envelope, { ...context, ...change })).toBe(false);
  });

  //= protocol: SIGN-3
  test("when ids run together differently", async () => {
    const joined = { ...context, causalIds: [asMessageId("ab"), asMessageId("c")] };
    const signed = decodeEnvelope(await signEnvelope(fields, joined, signer));
    if (signed === null) throw new Error("Does not decode");
    expect(verifyEnvelope(signed, joined)).toBe(true);
    expect(verifyEnvelope(signed, { ...joined, causalIds: [asMessageId("a"), asMessageId("bc")] })).toBe(false);
  });

  //= protocol: SIGN-4
  test("for a parent before the beginning of time, and for a Lamport timestamp that is none", () => {
    const early = { ...envelope, parentDeltas: [1, LAMPORT + 1] };
    expect(verifyEnvelope(early, context)).toBe(false);
    for (const lamport of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(verifyEnvelope(envelope, { ...context, lamport })).toBe(false);
    }
  });
});

describe("signEnvelope refuses", () => {
  //= protocol: SIGN-4
  test.each([
    ["a parent that is not before its child", { parentLamports: [LAMPORT, 1] }, {}],
    ["a parent below 0", { parentLamports: [-1, 1] }, {}],
    ["fewer parents than causes", { parentLamports: [1] }, {}],
    ["a sender id of another key", {}, { senderId: strangerId }],
    ["type 0", { type: 0 }, {}],
    ["a type above 65,535", { type: 65_536 }, {}],
    ["an empty origin", { origin: "" }, {}],
    ["an origin that is too long", { origin: "x".repeat(513) }, {}],
    ["an ephemeral message with causes", {}, { lamport: null }],
  ])("%s", async (_what, changedFields, changedContext) => {
    const signing = signEnvelope({ ...fields, ...changedFields }, { ...context, ...changedContext }, signer);
    await expect(signing).rejects.toThrow(RangeError);
  });

  test("a number that is not whole", async () => {
    await expect(signEnvelope({ ...fields, authorSeq: 0.5 }, context, signer)).rejects.toThrow();
  });
});

describe("decodeEnvelope is null", () => {
  test("for any bytes that are none, and never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (anything) => decodeEnvelope(anything) === null));
  });

  test("for every truncation", () => {
    for (let length = 0; length < bytes.length; length++) expect(decodeEnvelope(bytes.subarray(0, length))).toBeNull();
  });

  const key = new Uint8Array(32);
  const signature = new Uint8Array(64);
  const upToType = (version = 1) => new ProtobufWriter().uint32(1, version).bytes(2, key).uint64(3, 1).uint64(4, 2);
  const minimal = () => upToType().uint32(5, 1).bytes(6, new Uint8Array());

  //= protocol: WIRE-12, WIRE-13
  test.each<[string, ProtobufWriter]>([
    ["another version", upToType(2).uint32(5, 1).bytes(6, new Uint8Array()).bytes(15, signature)],
    ["a missing body", upToType().uint32(5, 1).bytes(15, signature)],
    ["type 0", upToType().uint32(5, 0).bytes(6, new Uint8Array()).bytes(15, signature)],
    ["an unknown field", minimal().uint32(7, 1).bytes(15, signature)],
    ["a field twice", minimal().bytes(15, signature).bytes(15, signature)],
    ["fields out of order", minimal().bytes(15, signature).string(8, "https://a.example")],
    ["an empty list of deltas", minimal().bytes(9, new Uint8Array()).bytes(15, signature)],
    ["a delta of 0", minimal().bytes(9, Uint8Array.of(0)).bytes(15, signature)],
    ["a delta in more bytes than it needs", minimal().bytes(9, Uint8Array.of(0x81, 0)).bytes(15, signature)],
    ["a delta cut off", minimal().bytes(9, Uint8Array.of(1, 0x81)).bytes(15, signature)],
    [
      "a delta of 2^53",
      minimal()
        .bytes(9, Uint8Array.of(128, 128, 128, 128, 128, 128, 128, 16))
        .bytes(15, signature),
    ],
    ["endless deltas", minimal().bytes(9, new Uint8Array(2_000).fill(255).with(1_999, 0)).bytes(15, signature)],
    ["257 parents", minimal().bytes(9, new Uint8Array(257).fill(1)).bytes(15, signature)],
    ["a short signature", minimal().bytes(15, signature.subarray(1))],
    ["a key that is too long", new ProtobufWriter().uint32(1, 1).bytes(2, new Uint8Array(33))],
    [
      "author_seq 2^53",
      new ProtobufWriter()
        .uint32(1, 1)
        .bytes(2, key)
        .uint64(3, 2n ** 53n)
        .uint64(4, 2)
        .uint32(5, 1)
        .bytes(6, key)
        .bytes(15, signature),
    ],
  ])("for %s", (_what, writer) => {
    expect(decodeEnvelope(minimal().bytes(15, signature).finish())).not.toBeNull();
    expect(decodeEnvelope(writer.finish())).toBeNull();
  });
});
