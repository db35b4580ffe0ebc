import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../sds/parameters/parameters.ts";
import { ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { frame } from "../bytes/signed-bytes.ts";
import { flipBit, signer, stranger } from "../testing/sample.ts";
import { parametersOf } from "./channel-overrides.ts";
import { channelIdOf, type Descriptor, descriptorLength, encodeDescriptor } from "./descriptor.ts";
import { InviteError } from "./invite-error.ts";
import { createDescriptor, type DescriptorFields, decodeDescriptor } from "./signed-descriptor.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const local: DescriptorFields = { name: "Garden", network: { preset: "local" }, profile: "community", parameters: {} };
const address = "/dns4/node.example/tcp/8000/wss/p2p/16Uiu2HAm";

let descriptor: Descriptor;
let bytes: Uint8Array;

beforeAll(async () => {
  descriptor = await createDescriptor(local, random, signer);
  bytes = encodeDescriptor(descriptor);
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InviteError) return error.code;
    throw error;
  }
  return "no error";
}

/** A descriptor's bytes as `write` makes them, signed by their owner: what only a peculiar owner makes. */
async function signedByOwner(write: (writer: ProtobufWriter) => ProtobufWriter): Promise<Uint8Array> {
  const head = write(new ProtobufWriter()).finish();
  const signature = await signer.sign(frame("hearback/descriptor/1", head));
  return new ProtobufWriter().raw(head).bytes(15, signature).finish();
}

const key = new Uint8Array(32).fill(4);
const id = key.subarray(16);
const localNetwork = (writer: ProtobufWriter) => writer.message(5, (inner) => inner.uint32(1, 1)).uint32(6, 1);
const start = (writer: ProtobufWriter) => writer.uint32(1, 1).bytes(2, id).string(3, "Garden").bytes(4, key);
const withOverrides = (write: (inner: ProtobufWriter) => unknown) => (writer: ProtobufWriter) =>
  localNetwork(start(writer)).message(7, write).bytes(8, signer.publicKey);

test("comes back from its bytes, small enough for a QR code", () => {
  expect(decodeDescriptor(bytes)).toEqual(descriptor);
  expect(bytes.length).toBeLessThanOrEqual(180);
  expect(channelIdOf(descriptor)).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

const anyFields: fc.Arbitrary<DescriptorFields> = fc.record({
  name: fc.stringMatching(/^[a-zA-Z0-9äöü€]{1,64}$/),
  network: fc.oneof(
    fc.constant({ preset: "local" } as const),
    fc.record({
      preset: fc.constant("custom" as const),
      cluster: fc.integer({ min: 0, max: 65_535 }),
      shards: fc.integer({ min: 1, max: 1_024 }),
      multiaddrs: fc.array(fc.stringMatching(/^\/[!-~]{1,60}$/), { minLength: 1, maxLength: 8 }),
    }),
  ),
  profile: fc.constantFrom("community", "sds"),
  parameters: fc.record(
    { ackWindowMaxMs: fc.integer({ min: 5_000, max: 2 ** 31 - 1 }), levelPercent: fc.integer({ min: 1, max: 100 }) },
    { requiredKeys: [] },
  ),
});

test("any valid fields come back, with the parameters they set", async () => {
  const property = fc.asyncProperty(anyFields, async (fields) => {
    const made = await createDescriptor(fields, random, signer);
    const read = decodeDescriptor(encodeDescriptor(made));
    expect(read).toEqual(made);
    expect(parametersOf(read)).toEqual({ ...CHANNEL_PARAMETER_DEFAULTS, ...fields.parameters });
    expect([read.name, read.network, read.profile]).toEqual([fields.name, fields.network, fields.profile]);
  });
  await fc.assert(property, { numRuns: 60 });
});

test("the name is trimmed; two channels of one name have two ids and two keys", async () => {
  const other = await createDescriptor({ ...local, name: "  Garden\n" }, random, signer);
  expect(other.name).toBe("Garden");
  expect(channelIdOf(other)).not.toBe(channelIdOf(descriptor));
  expect(other.key).not.toEqual(descriptor.key);
});

describe("createDescriptor refuses", () => {
  const custom = { preset: "custom", cluster: 1, shards: 8, multiaddrs: [address] } as const;
  //= protocol: CHANNEL-3, CHANNEL-4, PARAM-1
  test.each<[string, Partial<DescriptorFields>]>([
    ["an empty name", { name: " \n " }],
    ["a name of 65 characters", { name: "\u{1F389}".repeat(65) }],
    ["a control character in the name", { name: "a\u0007b" }],
    ["a line break in the name", { name: "a\nb" }],
    ["a mark that reverses text", { name: "a\u202egpj.exe" }],
    ["half a character", { name: "a\ud800" }],
    ["no address", { network: { ...custom, multiaddrs: [] } }],
    ["nine addresses", { network: { ...custom, multiaddrs: Array(9).fill(address) } }],
    ["an address that is none", { network: { ...custom, multiaddrs: ["https://node.example"] } }],
    ["an address with a space", { network: { ...custom, multiaddrs: ["/dns4/a b"] } }],
    ["a cluster above 65,535", { network: { ...custom, cluster: 65_536 } }],
    ["no shards", { network: { ...custom, shards: 0 } }],
    ["a parameter that does not exist", { parameters: { speed: 3 } }],
    ["a parameter of Object's", { parameters: { constructor: 3 } }],
    ["a parameter of 0", { parameters: { lostAfterMs: 0 } }],
    ["a parameter that is not whole", { parameters: { lostAfterMs: 0.5 } }],
    ["a time that no timer can wait", { parameters: { lostAfterMs: 2 ** 31 } }],
    ["more than all", { parameters: { levelPercent: 101 } }],
    ["a bloom filter larger than a message", { parameters: { bloomCapacity: 2 ** 40 } }],
  ])("%s", async (_what, change) => {
    const creating = createDescriptor({ ...local, ...change }, random, signer);
    await expect(creating).rejects.toMatchObject({ name: "InviteError", code: "invalid" });
  });

  //= protocol: CHANNEL-4
  test("nothing at the limits: 64 characters outside the BMP", async () => {
    const made = await createDescriptor({ ...local, name: "\u{1F389}".repeat(64) }, random, signer);
    expect(decodeDescriptor(encodeDescriptor(made)).name).toHaveLength(128);
  });
});

describe("decodeDescriptor throws", () => {
  test("InviteError, and nothing else, for any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        (anything) => codeOf(() => decodeDescriptor(anything)) !== "no error",
      ),
    );
  });

  test("for any flipped bit", () => {
    fc.assert(
      fc.property(
        fc.nat(bytes.length * 8 - 1),
        (bit) => codeOf(() => decodeDescriptor(flipBit(bytes, bit))) !== "no error",
      ),
    );
  });

  test("cut-off for every beginning of it", () => {
    for (let length = 1; length < bytes.length; length++) {
      const code = codeOf(() => decodeDescriptor(bytes.subarray(0, length)));
      // Cut before the id is complete there is nothing to recognise it by.
      expect(code, `${length} bytes`).toBe(length === 2 ? "malformed" : "cut-off");
    }
  });

  //= protocol: CHANNEL-7
  test("bad-signature for another key, name or owner", async () => {
    const forgeries = [
      { ...descriptor, key },
      { ...descriptor, name: "Gardem" },
      { ...descriptor, ownerKey: stranger.publicKey },
      { ...descriptor, ownerSignature: await signer.sign(bytes) },
      { ...descriptor, ownerKey: new Uint8Array(32) },
    ];
    for (const forged of forgeries) {
      expect(codeOf(() => decodeDescriptor(encodeDescriptor(forged)))).toBe("bad-signature");
    }
  });

  //= protocol: CHANNEL-1, CHANNEL-5, CHANNEL-8
  test.each<[string, string, (writer: ProtobufWriter) => ProtobufWriter]>([
    ["unsupported-version", "version 2, whatever follows", (w) => w.uint32(1, 2).uint32(77, 1)],
    [
      "unsupported-version",
      "a preset of the future",
      (w) =>
        start(w)
          .message(5, (n) => n.uint32(1, 3))
          .uint32(6, 1)
          .bytes(8, signer.publicKey),
    ],
    [
      "unsupported-version",
      "a profile of the future",
      (w) =>
        start(w)
          .message(5, (n) => n.uint32(1, 1))
          .uint32(6, 3)
          .bytes(8, signer.publicKey),
    ],
    ["malformed", "version 0", (w) => w.uint32(1, 0)],
    ["malformed", "no preset", (w) => start(w).bytes(5, new Uint8Array()).uint32(6, 1).bytes(8, signer.publicKey)],
    [
      "malformed",
      "an unknown field in the network",
      (w) =>
        start(w)
          .message(5, (n) => n.uint32(1, 1).uint32(9, 1))
          .uint32(6, 1)
          .bytes(8, signer.publicKey),
    ],
    ["malformed", "an unknown field", (w) => localNetwork(start(w)).bytes(8, signer.publicKey).uint32(9, 1)],
    ["malformed", "a name twice", (w) => localNetwork(start(w.uint32(1, 1))).bytes(8, signer.publicKey)],
    [
      "malformed",
      "a name with a line break",
      (w) => localNetwork(w.uint32(1, 1).bytes(2, id).string(3, "a\nb").bytes(4, key)).bytes(8, signer.publicKey),
    ],
    [
      "malformed",
      "a short id",
      (w) =>
        localNetwork(w.uint32(1, 1).bytes(2, id.subarray(1)).string(3, "a").bytes(4, key)).bytes(8, signer.publicKey),
    ],
    ["malformed", "no owner", (w) => localNetwork(start(w))],
    ["malformed", "a parameter twice", withOverrides((o) => o.uint32(3, 1).uint32(3, 2))],
    ["malformed", "parameters out of order", withOverrides((o) => o.uint32(3, 1).uint32(1, 2))],
    ["malformed", "a parameter of 0", withOverrides((o) => o.uint32(3, 0))],
    ["malformed", "a parameter of 2^53", withOverrides((o) => o.uint64(99, 2n ** 53n))],
    ["malformed", "an empty list of parameters", withOverrides(() => undefined)],
  ])("%s for %s", async (code, _what, write) => {
    expect(codeOf(() => decodeDescriptor(bytes))).toBe("no error");
    const signed = await signedByOwner(write);
    expect(codeOf(() => decodeDescriptor(signed))).toBe(code);
  });

  //= protocol: CHANNEL-1
  test("too-large before reading it", () => {
    expect(codeOf(() => decodeDescriptor(new Uint8Array(4_097)))).toBe("too-large");
    expect(codeOf(() => decodeDescriptor(new Uint8Array(4_096)))).toBe("malformed");
  });
});

/** By number, as docs/protocol.md has them. */
describe("parameters that do not fit together", () => {
  const CASES: readonly [what: string, words: string, parameters: readonly (readonly [number, number])[]][] = [
    ["an ack window above its most", "ackWindowMaxMs", [[1, 60_001]]],
    ["the most below the ack window", "ackWindowMaxMs", [[2, 4_999]]],
    ["idle syncs", "idleSyncMaxMs", [[3, 900_001]]],
    ["resends", "resendMaxMs", [[8, 4_999]]],
    ["requests at one time for all", "repairAskMaxMs", [[14, 10_000]]],
    ["requests from later on than they end", "repairAskMaxMs", [[15, 1_999]]],
    ["a filter of 65,544 bytes", "bloomCapacity", [[12, 34_953]]],
    [
      "a filter of half a megabyte",
      "bloomErrorPpm",
      [
        [13, 1],
        [12, 65_536],
      ],
    ],
  ];
  const ascending = (parameters: readonly (readonly [number, number])[]) => [...parameters].sort(([a], [b]) => a - b);
  const written = (parameters: readonly (readonly [number, number])[]) =>
    withOverrides((inner) => ascending(parameters).map(([field, value]) => inner.uint64(field, value)));

  //= protocol: CHANNEL-6
  test.each(CASES)("are refused with words: %s", async (_what, words, parameters) => {
    const signed = await signedByOwner(written(parameters));
    expect(codeOf(() => decodeDescriptor(signed))).toBe("contradictory");
    expect(() => decodeDescriptor(signed)).toThrow(words);
  });

  test.each(CASES)("make no channel: %s", async (_what, words, parameters) => {
    const names = Object.keys(CHANNEL_PARAMETER_DEFAULTS);
    const byName = Object.fromEntries(parameters.map(([field, value]) => [names[field - 1], value]));
    const creating = createDescriptor({ ...local, parameters: byName }, random, signer);
    await expect(creating).rejects.toThrow(
      expect.objectContaining({ code: "invalid", message: expect.stringContaining(words) }),
    );
  });

  //= protocol: CHANNEL-6
  test.each<[string, readonly (readonly [number, number])[]]>([
    ["an ack window that is its most", [[1, 60_000]]],
    ["one time of all resends", [[7, 300_000]]],
    ["one idle interval", [[3, 900_000]]],
    ["requests within a millisecond", [[14, 9_999]]],
    ["a filter of 65,536 bytes", [[12, 34_952]]],
  ])("just fit: %s", async (_what, parameters) => {
    const read = decodeDescriptor(await signedByOwner(written(parameters)));
    expect(read.overrides).toEqual(parameters);
  });
});

//= protocol: CHANNEL-5
test("a parameter that this version does not know is ignored, and kept under the signature", async () => {
  const signed = await signedByOwner(withOverrides((inner) => inner.uint64(1, 250).uint64(500, 0).uint64(501, 7)));
  const read = decodeDescriptor(signed);
  expect(encodeDescriptor(read)).toEqual(signed);
  expect(parametersOf(read)).toEqual({ ...CHANNEL_PARAMETER_DEFAULTS, ackWindowMs: 250 });
});

test("descriptorLength finds the end of a descriptor, and is total", () => {
  expect(descriptorLength(Uint8Array.of(...bytes, 1, 2, 3))).toBe(bytes.length);
  expect(descriptorLength(bytes.subarray(0, -1))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (anything) => {
      const length = descriptorLength(anything);
      expect(length === null || length <= anything.length).toBe(true);
    }),
  );
});
