import { createDecoder, createEncoder } from "@waku/message-encryption/symmetric";
import { createRoutingInfo } from "@waku/utils";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import * as aes from "./aes-gcm.ts";
import { decryptPayload, encryptPayload } from "./payload-encryption.ts";

vi.mock("./aes-gcm.ts", { spy: true });

const key = new Uint8Array(32).fill(3);
const contentTopic = "/hearback/1/0011223344556677/proto";
const routingInfo = createRoutingInfo({ clusterId: 42, numShardsInCluster: 8 }, { contentTopic });
const bytesOfAnySize = fc.uint8Array({ maxLength: 70_000 });

describe("with the SDK's own symmetric encoder and decoder", () => {
  test("its decoder reads what we encrypt", async () => {
    const decoder = createDecoder(contentTopic, routingInfo, key);
    const payload = await encryptPayload(key, Uint8Array.of(1, 2, 3));
    const message = await decoder.fromProtoObj(routingInfo.pubsubTopic, {
      payload,
      contentTopic,
      version: 1,
      timestamp: undefined,
      meta: undefined,
      rateLimitProof: undefined,
      ephemeral: false,
    });
    expect(message?.payload).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("we read what its encoder encrypts, signed on that level or not", async () => {
    for (const sigPrivKey of [undefined, new Uint8Array(32).fill(8)]) {
      const signing = sigPrivKey === undefined ? {} : { sigPrivKey };
      const encoder = createEncoder({ contentTopic, routingInfo, symKey: key, ...signing });
      const wire = await encoder.toProtoObj({ payload: Uint8Array.of(4, 5, 6) });
      expect(await decryptPayload(key, wire?.payload ?? new Uint8Array())).toEqual(Uint8Array.of(4, 5, 6));
    }
  });
});

test("gives back what it was given, at every size around the size field's steps", async () => {
  for (const size of [0, 1, 252, 253, 254, 255, 256, 65_535, 65_536, 150 * 1024]) {
    const bytes = new Uint8Array(size).fill(size % 251);
    const payload = await encryptPayload(key, bytes);
    expect(await decryptPayload(key, payload)).toEqual(bytes);
    expect((payload.length - 28) % 256).toBe(0);
  }
  await fc.assert(
    fc.asyncProperty(bytesOfAnySize, async (bytes) => {
      expect(await decryptPayload(key, await encryptPayload(key, bytes))).toEqual(bytes);
    }),
    { numRuns: 40 },
  );
});

test("a view into a larger buffer is encrypted as what it shows, and read as what it shows", async () => {
  const buffer = Uint8Array.from({ length: 40 }, (_, i) => i);
  const payload = await encryptPayload(key, buffer.subarray(5, 25));
  const padded = new Uint8Array(payload.length + 9);
  padded.set(payload, 4);
  expect(await decryptPayload(key, padded.subarray(4, 4 + payload.length))).toEqual(buffer.slice(5, 25));
});

//= protocol: LAYER-4
test("null for another key, any flipped bit, any shorter payload and any bytes at all", async () => {
  const payload = await encryptPayload(key, Uint8Array.of(9));
  expect(await decryptPayload(new Uint8Array(32), payload)).toBeNull();
  expect(await decryptPayload(new Uint8Array(5), payload)).toBeNull();
  for (let length = 0; length < payload.length; length += 7) {
    expect(await decryptPayload(key, payload.subarray(0, length))).toBeNull();
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(payload.length * 8 - 1), async (bit) => {
      const at = bit >> 3;
      expect(await decryptPayload(key, payload.with(at, (payload[at] ?? 0) ^ (1 << (bit & 7))))).toBeNull();
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await decryptPayload(key, bytes)).toBeNull();
    }),
  );
});

test("what ends just where its size says, without padding, is read too: others need not pad", async () => {
  const { encryptSymmetric } = await import("@waku/message-encryption/symmetric");
  const inside = Uint8Array.of(1, 3, 7, 8, 9);
  expect(await decryptPayload(key, await encryptSymmetric(inside, key))).toEqual(Uint8Array.of(7, 8, 9));
  expect(await decryptPayload(key, await encryptSymmetric(inside.slice(0, -1), key))).toBeNull();
});

//= protocol: LAYER-4
test("null for a well encrypted payload whose inside is malformed", async () => {
  const { encryptSymmetric } = await import("@waku/message-encryption/symmetric");
  const malformed = [
    Uint8Array.of(),
    Uint8Array.of(0),
    Uint8Array.of(1),
    // Declares 200 bytes and has 3.
    Uint8Array.of(1, 200, 1, 2, 3),
    // Says that it is signed, and is too short for that; then one that is long enough, with a senseless signature.
    Uint8Array.of(5, 1, 7),
    new Uint8Array(256).fill(0xff).with(0, 5).with(1, 1),
  ];
  for (const inside of malformed) {
    expect(await decryptPayload(key, await encryptSymmetric(inside, key))).toBeNull();
  }
});

/** Decrypts and takes apart by Node's own AES-GCM: cipher text, tag of 16 bytes, nonce of 12. */
async function partsOf(payload: Uint8Array) {
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const iv = Uint8Array.from(payload.subarray(-12));
  const clear = new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv }, aes, Uint8Array.from(payload.subarray(0, -12))),
  );
  const sizeBytes = (clear[0] ?? 0) & 3;
  const size = clear.subarray(1, 1 + sizeBytes).reduceRight((high, byte) => high * 256 + byte, 0);
  const start = 1 + sizeBytes;
  return { clear, sizeBytes, message: clear.subarray(start, start + size), padding: clear.length - start - size, iv };
}

//= protocol: LAYER-1, LAYER-2
test("the clear text is flags, the size in the fewest bytes, the message, and padding to the next multiple of 256", async () => {
  for (const size of [0, 1, 253, 254, 255, 256, 509, 65_535, 65_536]) {
    const bytes = new Uint8Array(size).fill(7);
    const { clear, sizeBytes, message, padding } = await partsOf(await encryptPayload(key, bytes));
    expect(sizeBytes).toBe(size < 256 ? 1 : size < 65_536 ? 2 : 3);
    expect(clear[0], "all other bits are 0").toBe(sizeBytes);
    expect(message).toEqual(bytes);
    expect(clear.length % 256).toBe(0);
    expect([padding >= 1, padding <= 256], "256 more if it is a multiple already").toEqual([true, true]);
  }
});

//= protocol: LAYER-3
test("the same bytes are never encrypted in the same way: nonce and padding are new each time", async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, async () => partsOf(await encryptPayload(key, new Uint8Array(9)))),
  );
  expect(new Set(all.map(({ iv }) => `${iv}`)).size).toBe(20);
  expect(new Set(all.map(({ clear }) => `${clear}`)).size).toBe(20);
});

test("a channel's key is made once, however much is encrypted and decrypted, and each one by itself", async () => {
  const create = vi.spyOn(aes, "createAesGcm");
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const payloads = await Promise.all([1, 2, 3].map((n) => encryptPayload(one, Uint8Array.of(n))));
  const read = await Promise.all(payloads.map((payload) => decryptPayload(one, payload)));
  expect(read).toEqual([1, 2, 3].map((n) => Uint8Array.of(n)));
  expect(create).toHaveBeenCalledTimes(1);
  for (const payload of payloads) expect(await decryptPayload(other, payload)).toBeNull();
  expect(create).toHaveBeenCalledTimes(2);
  create.mockRestore();
});
