import { writeFile } from "node:fs/promises";
import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { decodeEnvelope } from "./authors/envelope-codec.ts";
import { splitTrailer } from "./authors/trailer.ts";
import { parseInvite } from "./joining/invite.ts";
import { decodeDescriptor } from "./joining/signed-descriptor.ts";
import { decryptPayload } from "./secrecy/payload-encryption.ts";
import { deriveEd25519Vectors } from "./testing/ed25519-cases.ts";
import { deriveProtocolVectors, type ProtocolVector } from "./testing/protocol-cases.ts";
import { fields, LAMPORT, parents, signer } from "./testing/sample.ts";
import { readVectors } from "./testing/vector-file.ts";

/**
 * Files of test vectors, for other implementations and other engines. After a change of the formats that is meant:
 * `UPDATE_VECTORS=1 npx vitest run src/identity/vectors.test.ts && npx biome format --write src/identity/vectors`.
 */
async function expectFile(name: string, derived: unknown): Promise<void> {
  const json = JSON.stringify(derived, null, 2);
  if (process.env.UPDATE_VECTORS === "1") await writeFile(new URL(`vectors/${name}`, import.meta.url), `${json}\n`);
  expect(await readVectors(name)).toEqual(JSON.parse(json));
}

test("the vector files are what their derivations give", async () => {
  await expectFile("ed25519.json", deriveEd25519Vectors());
  await expectFile("protocol.json", await deriveProtocolVectors());
});

//= protocol: CHANNEL-6
test("descriptors with parameters that do not fit together are refused, those that just fit are read", async () => {
  const vectors = (await readVectors<ProtocolVector>("protocol.json")).filter(({ name }) =>
    name.startsWith("parameters:"),
  );
  expect(vectors.length).toBeGreaterThan(0);
  for (const { name, input, output } of vectors) {
    const read = () => decodeDescriptor(hexToBytes(String(input.descriptor)));
    if (output.refused === undefined) expect(read().overrides, name).toHaveLength(1);
    else expect(read, name).toThrow(expect.objectContaining({ code: output.refused }));
  }
});

describe("the documented bytes are what is signed, by another implementation of framing and Ed25519", () => {
  const lengthPrefixed = (...inputs: (string | Uint8Array)[]) =>
    Buffer.concat(
      inputs.flatMap((input) => {
        const bytes = Buffer.from(input);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        return [length, bytes];
      }),
    );
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return bytes;
  };
  const outputOf = async (name: string, key: string) => {
    const vector = (await readVectors<ProtocolVector>("protocol.json")).find((candidate) => candidate.name === name);
    return hexToBytes(vector?.output[key] ?? "");
  };
  const verify = async (signature: Uint8Array | undefined, message: Uint8Array) => {
    const key = await crypto.subtle.importKey("raw", Buffer.from(signer.publicKey), "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", key, Buffer.from(signature ?? []), Buffer.from(message));
  };
  /** A 64-byte signature is the last field: tag and length take two bytes. */
  const withoutSignature = (bytes: Uint8Array) => bytes.subarray(0, -66);
  const channel = "AAECAwQFBgcICQoLDA0ODw";
  const sender = "s1I9rN8cCohpxZsehQ6d39PMRTjiI";

  //= protocol: SIGN-3
  test("envelope", async () => {
    const bytes = await outputOf("envelope with two causes", "envelope");
    const place = [channel, sender, u64(LAMPORT), u64(parents.length), ...parents];
    const signed = lengthPrefixed("hearback/author/1", ...place, withoutSignature(bytes));
    expect(await verify(decodeEnvelope(bytes)?.signature, signed)).toBe(true);
    expect(Buffer.from(bytes).includes(Buffer.from(fields.body))).toBe(true);
  });

  //= protocol: SIGN-3
  test("envelope of an ephemeral message", async () => {
    const bytes = await outputOf("envelope of an ephemeral status", "envelope");
    const signed = lengthPrefixed("hearback/author/1", channel, sender, "", u64(0), withoutSignature(bytes));
    expect(await verify(decodeEnvelope(bytes)?.signature, signed)).toBe(true);
  });

  //= protocol: SIGN-7
  test("trailer", async () => {
    const bytes = await outputOf("trailer of a sync", "message");
    const split = splitTrailer(bytes);
    if (split === null) throw new Error("No trailer");
    // Behind the message: two bytes of tag, one of length, then the trailer's fields.
    const head = withoutSignature(bytes.subarray(split.message.length + 3));
    expect(await verify(split.trailer.signature, lengthPrefixed("hearback/trailer/1", split.message, head))).toBe(true);
  });

  //= protocol: CHANNEL-7
  test("descriptor", async () => {
    const bytes = await outputOf('descriptor "Garden"', "descriptor");
    const { ownerSignature } = decodeDescriptor(bytes);
    expect(await verify(ownerSignature, lengthPrefixed("hearback/descriptor/1", withoutSignature(bytes)))).toBe(true);
  });

  //= protocol: LAYER-1, LAYER-2
  test("payload", async () => {
    const payload = await outputOf("payload", "payload");
    const message = await decryptPayload(
      Uint8Array.from({ length: 32 }, (_, i) => i),
      payload,
    );
    expect(Buffer.from(message ?? []).toString()).toBe("any SDS message");
  });

  //= protocol: CHANNEL-9
  test("the invites in the file are read", async () => {
    const vectors = await readVectors<ProtocolVector>("protocol.json");
    const outputs = vectors.map(({ output }) => output).filter(({ code }) => code !== undefined);
    expect(outputs.map(({ code }) => parseInvite(code ?? "").profile)).toEqual(["community", "sds"]);
    expect(outputs.map(({ link }) => parseInvite(link ?? "").name)).toEqual(["Garden", "Straßenfest \u{1F389}"]);
  });
});
