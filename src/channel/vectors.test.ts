import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { contentTopicOf } from "../identity/secrecy/content-topic.ts";
import { encryptPayload } from "../identity/secrecy/payload-encryption.ts";
import { BloomFilter } from "../sds/filter/bloom-filter.ts";
import { readBloom } from "../sds/filter/bloom-gate.ts";
import { murmur3 } from "../sds/filter/murmur3.ts";
import { requestDelay, responseDelay } from "../sds/holes/repair-timing.ts";
import { MAX_MESSAGE_BYTES } from "../sds/parameters/limits.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../sds/parameters/parameters.ts";
import { deriveFilterVectors } from "../sds/testing/filter-vectors.ts";
import { EVIDENCE_EXAMPLES, ORDER_EXAMPLES, type OrderStep } from "../sds/testing/graph-vectors.ts";
import { runEvidence, runOrder } from "../sds/testing/run-graph.ts";
import { ProtobufWriter } from "../sds/wire/protobuf.ts";
import { readIncoming } from "./receiving/incoming.ts";
import {
  CHANNEL,
  decodedOf,
  deriveEphemeralVectors,
  deriveMessageVectors,
  memberVectors,
  START,
  verdictOf,
} from "./testing/message-vectors.ts";
import { deriveSizeVectors } from "./testing/odd-field-vectors.ts";
import { deriveTamperedVectors } from "./testing/verdict-vectors.ts";

/**
 * src/sds/vectors/hearback-vectors.json, for other implementations; docs/protocol.md says how to read it. After a change
 * of the protocol that is meant:
 * `UPDATE_VECTORS=1 npx vitest run src/channel/vectors.test.ts && npx biome format --write src/sds/vectors`.
 */
const FILE = new URL("../sds/vectors/hearback-vectors.json", import.meta.url);

async function derive() {
  const members = memberVectors();
  const messages = await deriveMessageVectors();
  const { repairAskMinMs: tMinMs, repairAskMaxMs: tMaxMs, repairAnswerMaxMs } = CHANNEL_PARAMETER_DEFAULTS;
  const [author, ...others] = members;
  const [message] = messages.map(decodedOf);
  if (author === undefined || message === undefined) throw new Error("Nothing to derive from");
  const { messageId } = message;
  return {
    channelId: CHANNEL,
    start: START,
    members,
    messages,
    ephemeral: await deriveEphemeralVectors(),
    tampered: await deriveTamperedVectors(messages),
    sizes: await deriveSizeVectors(named(messages, "sync with one head")),
    filter: deriveFilterVectors(),
    repairTiming: [author, ...others].map(({ senderId: participant }) => ({
      ...{ participant, author: author.senderId, messageId },
      requestDelayMs: requestDelay(participant, messageId, { tMinMs, tMaxMs }),
      responseDelayMs: responseDelay(participant, author.senderId, messageId, repairAnswerMaxMs),
    })),
    evidence: EVIDENCE_EXAMPLES,
    order: ORDER_EXAMPLES,
  };
}

function named<T extends { readonly name: string }>(vectors: readonly T[], name: string): T {
  const found = vectors.find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`No vector "${name}"`);
  return found;
}

type Vectors = Awaited<ReturnType<typeof derive>>;

const derived = await derive();
if (process.env.UPDATE_VECTORS === "1") await writeFile(FILE, `${JSON.stringify(derived, null, 2)}\n`);
const vectors: Vectors = JSON.parse(await readFile(FILE, "utf8"));

function verdictOn(bytes: string, profile: "community" | "sds") {
  const context = { channelId: CHANNEL, profile, held: () => undefined };
  return verdictOf(readIncoming(hexToBytes(bytes), "live", undefined, context));
}

//= protocol: WIRE-2, WIRE-3, COMPOSE-5, RECEIPT-2, RECEIPT-3, SIGN-8, LAYER-7
test("deriving the vectors anew gives the file", () => {
  expect(JSON.parse(JSON.stringify(derived))).toEqual(vectors);
});

describe("messages", () => {
  //= protocol: WIRE-4, SIGN-5, SIGN-8
  test.each(vectors.messages)("$name", ({ bytes, fields, verdict, trailer }) => {
    expect(verdictOn(bytes, "community")).toEqual(verdict);
    expect(verdictOn(bytes, "sds")).toEqual(verdict);
    expect(fields.reduce((sum, [, size]) => sum + size, 0)).toBe(bytes.length / 2);
    expect(fields.at(-1)).toEqual([1_000, bytes.length / 2 - Number(trailer.begins)]);
  });

  //= protocol: SIGN-7, ID-1
  test.each(vectors.messages)("$name: id and trailer by Node's own hash and Ed25519", async (vector) => {
    const message = decodedOf(vector);
    if (message.kind === "content") {
      expect(createHash("sha256").update(message.content).digest("hex")).toBe(message.messageId);
    }
    const bytes = Buffer.from(vector.bytes, "hex");
    const begins = Number(vector.trailer.begins);
    // Three bytes of tag and length, then the head; the signature with its tag and length is the last 66.
    const length = bytes.readUInt8(begins + 2) < 0x80 ? 3 : 4;
    const signed = framed("hearback/trailer/1", bytes.subarray(0, begins), bytes.subarray(begins + length, -66));
    const publicKey = Buffer.from(vectors.members.find(({ name }) => name === vector.by)?.publicKey ?? "", "hex");
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    expect(await crypto.subtle.verify("Ed25519", key, Buffer.from(bytes.subarray(-64)), Buffer.from(signed))).toBe(
      true,
    );
  });
});

describe("ephemeral messages", () => {
  //= protocol: EPHEMERAL-4
  test.each(vectors.ephemeral)("$name", ({ bytes, fields, verdict }) => {
    expect(verdictOn(bytes, "community")).toEqual(verdict);
    expect(verdictOn(bytes, "sds")).toEqual(verdict);
    expect(fields.map(([field]) => field)).toEqual([1, 2, 3, 20]);
  });
});

describe("tampered messages", () => {
  //= protocol: WIRE-12, WIRE-13, WIRE-14, WIRE-15, WIRE-16, SIGN-6, SIGN-8, SIGN-9, SIGN-10, SIGN-11, ID-1
  //= protocol: TIME-4, RECEIVE-1, RECEIVE-3, PROFILE-1, PROFILE-2, PROFILE-4
  test.each(vectors.tampered)("$of: $name ($profile)", ({ bytes, profile, verdict }) => {
    expect(verdictOn(bytes, profile)).toEqual(verdict);
  });
});

describe("the largest message", () => {
  //= protocol: LIMIT-1
  test.each(vectors.sizes)("$name", ({ before, zeros, after, verdict }) => {
    expect(verdictOn(before + "00".repeat(zeros) + after, "community")).toEqual(verdict);
  });
});

describe("filters", () => {
  //= protocol: FILTER-3
  test.each(vectors.filter.hashes)("hash of $text", ({ text, hash }) => {
    expect(murmur3(text)).toBe(hash);
  });

  //= protocol: FILTER-1, FILTER-2
  test.each(vectors.filter.filters)("for $capacity ids at $errorRate", ({ ids, bytes, ...options }) => {
    const filter = new BloomFilter(options);
    for (const id of ids) filter.insert(id);
    expect(Buffer.from(filter.toBytes()).toString("hex")).toBe(bytes);
  });

  //= protocol: FILTER-6
  test.each(vectors.filter.verdicts)("refused as $refused: $bytes", ({ bytes, refused }) => {
    const read = readBloom(hexToBytes(bytes), { capacity: 16, errorRate: 0.001 }, []);
    expect(typeof read === "string" ? read : null).toBe(refused);
  });
});

describe("evidence", () => {
  //= protocol: EDGE-1, EDGE-2, EDGE-3, EDGE-5, CLAIM-1, CLAIM-2, CLAIM-3, CLAIM-4, CLAIM-6, SIGN-5
  test.each(vectors.evidence)("$name", (example) => {
    expect(runEvidence(example)).toEqual(example.receivedBy);
  });
});

describe("order", () => {
  //= protocol: JOIN-3, RECEIVE-5, EDGE-2, EDGE-3, DELIVER-1, DELIVER-2, DELIVER-3, DELIVER-4, DELIVER-5
  //= protocol: HOLE-2, HOLE-3, SINCE-2, SINCE-3
  test.each(vectors.order)("$name", ({ name, steps, log }) => {
    const made = runOrder({ name, steps, log });
    expect({ ...made, steps: made.steps.map(asSets) }).toEqual({ steps: steps.map(asSets), log });
    expectCausesFirst(made.steps);
  });

  /** Any order will do in which causes come first. */
  function asSets(step: OrderStep): OrderStep {
    return { ...step, delivers: [...step.delivers].sort() };
  }

  /** Of those that one step delivers each true cause is delivered before what builds on it. */
  function expectCausesFirst(steps: readonly OrderStep[]): void {
    const byId = new Map(steps.flatMap(({ receive }) => (receive === null ? [] : [[receive.id, receive]])));
    for (const { delivers } of steps) {
      for (const [at, id] of delivers.entries()) {
        const { lamport = 0, parents = {} } = byId.get(id) ?? {};
        for (const [parent, signed] of Object.entries(parents)) {
          const isTrue = signed !== null && signed < lamport && signed === byId.get(parent)?.lamport;
          if (isTrue && delivers.includes(parent)) expect(delivers.indexOf(parent)).toBeLessThan(at);
        }
      }
    }
  }
});

//= protocol: LIMIT-1
test("the largest message fits, encrypted and in its frame, into what the Waku network takes", async () => {
  const payload = await encryptPayload(new Uint8Array(32).fill(1), new Uint8Array(MAX_MESSAGE_BYTES));
  const topic = contentTopicOf(new Uint8Array(32).fill(1));
  // 14/WAKU2-MESSAGE: payload, content topic, version, timestamp in nanoseconds (sint64), ephemeral.
  const frame = new ProtobufWriter().bytes(1, payload).string(2, topic).uint32(3, 1);
  frame.uint64(10, 2n ** 63n).uint32(31, 1);
  expect(frame.finish().length).toBeLessThanOrEqual(150 * 1024);
});

describe("docs/protocol.md", () => {
  test("gives the sizes that the messages of the vectors have, as they are and encrypted", async () => {
    const text = await readFile(new URL("../../docs/protocol.md", import.meta.url), "utf8");
    const rows = [...text.matchAll(/^\| vector: (.+?) \| (\d+) \| (\d+) \|/gm)];
    const documented = rows.map(([, name, size, encrypted]) => [name, Number(size), Number(encrypted)]);
    const key = new Uint8Array(32).fill(1);
    const measured = [...vectors.messages, ...vectors.ephemeral].map(async ({ name, bytes }) => {
      const message = hexToBytes(bytes);
      return [name, message.length, (await encryptPayload(key, message)).length];
    });
    expect(documented).toEqual(await Promise.all(measured));
  });
});

function framed(...inputs: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    inputs.flatMap((input) => {
      const bytes = Buffer.from(input);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
