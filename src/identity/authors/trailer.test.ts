import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { channelId, encodeSds, flipBit, sampleSync, senderId, signer, stranger } from "../testing/sample.ts";
import { appendTrailer, isKeyOf, RECEIPTS_WANTED, splitTrailer, TRAILER_FIELD, verifyTrailer } from "./trailer.ts";

const fields = { flags: RECEIPTS_WANTED, completeSince: 1_760_000_000_000, publicKey: signer.publicKey };
let message: Uint8Array;
let bytes: Uint8Array;

beforeAll(async () => {
  message = encodeSds((await sampleSync()).decoded);
  bytes = await appendTrailer(message, fields, signer);
});

function expectSplit(whole: Uint8Array) {
  const split = splitTrailer(whole);
  if (split === null) throw new Error("No trailer");
  return split;
}

test("comes back as it was signed, and the signature holds", () => {
  const split = expectSplit(bytes);
  expect(split.message).toEqual(message);
  expect(split.trailer).toMatchObject(fields);
  expect(verifyTrailer(split, signer.publicKey)).toBe(true);
  expect(verifyTrailer(split, stranger.publicKey)).toBe(false);
});

test("leaves the key out when told to, and is then verified with the key that is given", async () => {
  const short = await appendTrailer(message, { flags: 0, completeSince: 0 }, signer);
  expect(short.length).toBeLessThan(bytes.length - 33);
  const split = expectSplit(short);
  expect(split.trailer.publicKey).toBeUndefined();
  expect(verifyTrailer(split, signer.publicKey)).toBe(true);
  expect(verifyTrailer(split, stranger.publicKey)).toBe(false);
});

//= protocol: SIGN-7
test("any flipped bit, in the message or in the trailer, breaks it", () => {
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const split = splitTrailer(flipBit(bytes, bit));
      expect(split !== null && verifyTrailer(split, signer.publicKey)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test("does not hold behind another message, nor with other claims", async () => {
  const { trailer } = expectSplit(bytes);
  const other = message.with(2, 0x41);
  expect(verifyTrailer({ message: other, trailer }, signer.publicKey)).toBe(false);
  expect(verifyTrailer({ message, trailer: { ...trailer, completeSince: 1 } }, signer.publicKey)).toBe(false);
  expect(verifyTrailer({ message, trailer: { ...trailer, flags: 0 } }, signer.publicKey)).toBe(false);
});

//= protocol: WIRE-3, WIRE-11
test("has one encoding only: whatever is changed, bytes that still count are those that would be written", async () => {
  const change = fc.record({ at: fc.nat(bytes.length), drop: fc.nat(3), insert: fc.uint8Array({ maxLength: 4 }) });
  const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
    let changed = [...bytes];
    for (const { at, drop, insert } of changes) changed = changed.toSpliced(at, drop, ...insert);
    const split = splitTrailer(Uint8Array.from(changed));
    if (split === null) return;
    const { message: before, trailer } = split;
    const again = await appendTrailer(before, trailer, {
      publicKey: signer.publicKey,
      sign: async () => trailer.signature,
    });
    expect([...again]).toEqual(changed);
  });
  await fc.assert(property, { numRuns: 500 });
});

describe("splitTrailer is null", () => {
  const signature = new Uint8Array(64);
  const field = (write: (writer: ProtobufWriter) => void) =>
    new ProtobufWriter().message(TRAILER_FIELD, write).finish();
  const good = (writer: ProtobufWriter) => writer.uint32(1, 1).uint32(2, 0).uint64(3, 0).bytes(15, signature);

  test("without a trailer, and for any truncation", () => {
    expect(splitTrailer(message)).toBeNull();
    for (let length = 0; length < bytes.length; length++) expect(splitTrailer(bytes.subarray(0, length))).toBeNull();
  });

  test("for any bytes that are none, and never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (anything) => splitTrailer(anything) === null));
  });

  //= protocol: WIRE-4, SIGN-9
  test("when anything is behind it", () => {
    expect(splitTrailer(Uint8Array.of(...bytes, ...new ProtobufWriter().uint32(2_000, 1).finish()))).toBeNull();
    expect(splitTrailer(Uint8Array.of(...bytes, ...new ProtobufWriter().string(20, "more").finish()))).toBeNull();
    expect(splitTrailer(Uint8Array.of(...bytes, 0))).toBeNull();
  });

  //= protocol: SIGN-9
  test("when it is there twice, the second signed over the first or not", async () => {
    expect(splitTrailer(await appendTrailer(bytes, fields, signer))).toBeNull();
    expect(splitTrailer(Uint8Array.of(...bytes, ...bytes.subarray(message.length)))).toBeNull();
  });

  //= protocol: WIRE-12, WIRE-13
  test.each<[string, Uint8Array]>([
    ["another version", field((w) => w.uint32(1, 2).uint32(2, 0).uint64(3, 0).bytes(15, signature))],
    ["missing flags", field((w) => w.uint32(1, 1).uint64(3, 0).bytes(15, signature))],
    ["an unknown field", field((w) => w.uint32(1, 1).uint32(2, 0).uint64(3, 0).uint32(5, 1).bytes(15, signature))],
    ["a field twice", field((w) => good(w).bytes(15, signature))],
    ["fields out of order", field((w) => w.uint32(2, 0).uint32(1, 1).uint64(3, 0).bytes(15, signature))],
    [
      "complete_since 2^53",
      field((w) =>
        w
          .uint32(1, 1)
          .uint32(2, 0)
          .uint64(3, 2n ** 53n)
          .bytes(15, signature),
      ),
    ],
    ["a short key", field((w) => w.uint32(1, 1).uint32(2, 0).uint64(3, 0).bytes(4, signature).bytes(15, signature))],
    [
      "a padded number",
      field((w) => w.uint32(1, 1).tag(2, 0).raw(Uint8Array.of(0x80, 0)).uint64(3, 0).bytes(15, signature)),
    ],
    ["no bytes", field(() => undefined)],
    ["another wire type", new ProtobufWriter().uint32(TRAILER_FIELD, 1).finish()],
  ])("for %s", (_what, trailer) => {
    expect(splitTrailer(Uint8Array.of(...message, ...field(good)))).not.toBeNull();
    expect(splitTrailer(Uint8Array.of(...message, ...trailer))).toBeNull();
  });
});

//= protocol: SIGN-8
test("a key belongs to one sender id", () => {
  expect(isKeyOf(senderId, signer.publicKey, channelId)).toBe(true);
  expect(isKeyOf(senderId, stranger.publicKey, channelId)).toBe(false);
});
