import { describe, expect, it } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { decryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { SyncDraft } from "../../sds/io/effect.ts";
import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import { type OutboundFrame, TransportError } from "../../transport/port.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { createOutbound, type OutboundOptions } from "./outbound.ts";

const channelId = asChannelId("harbour");
const signer = createNobleSigner(new Uint8Array(32).fill(1));
const CHECKPOINT: SyncDraft = {
  ...{ messageId: asMessageId("0a".repeat(32)), lamport: 1, causalHistory: [], repairRequests: [] },
  ...{ bloomFilter: undefined, completeSince: 0, receiptsWantedFrom: null, checkpoint: true },
};

interface Sent {
  readonly payload: Uint8Array;
  readonly version: number;
  readonly ephemeral: boolean;
  readonly timestamp: number;
}

const KEY = new Uint8Array(32);
const HASH = new Uint8Array(32).fill(5);
const ID = asMessageId("0b".repeat(32));
const STORED = Uint8Array.of(7, 7, 7);

/** What leaves, on a disk that has one message. */
async function recording() {
  const clock = createVirtualClock(1_800_000_000_000);
  const sent: Sent[] = [];
  const looked: Uint8Array[] = [];
  const reports: unknown[] = [];
  const transport = createMemoryNetwork().transport();
  transport.publish = async (frame) => {
    sent.push(frame);
    return { hash: HASH };
  };
  const storage = createMemoryStorage();
  await storage.commit(channelId, [{ op: "put", table: "body", record: { id: ID, bytes: STORED } }], "strict");
  const outbound = createOutbound({
    ...{ author: { channelId, self: senderIdOf(channelId, signer.publicKey), signer }, key: KEY },
    ...{ contentTopic: "/test/1/outbound/proto", transport, clock },
    isKept: async (hash) => {
      looked.push(hash);
      return false;
    },
    report: (result) => void reports.push(result),
    bodies: createBodyCache(storage, channelId),
  });
  return { clock, outbound, sent, looked, reports };
}

//= protocol: LAYER-3, LAYER-6, LAYER-8, SEND-2, STATE-1
it("content leaves as it is stored, each time anew, for a Store to keep; so do repairs", async () => {
  const { clock, outbound, sent } = await recording();
  await outbound.content(ID, 1);
  await outbound.content(ID, 2);
  await outbound.repair(ID);
  expect(sent).toHaveLength(3);
  for (const { payload, version, ephemeral, timestamp } of sent) {
    expect(await decryptPayload(KEY, payload)).toEqual(STORED);
    expect([version, ephemeral, timestamp]).toEqual([1, false, clock.now()]);
  }
  expect(new Set(sent.map(({ payload }) => `${payload}`)).size, "a fresh nonce each").toBe(3);
  outbound.close();
});

//= protocol: LAYER-7, LAYER-8
it("of syncs a checkpoint alone is for a Store to keep, and of what is said in passing nothing", async () => {
  const { outbound, sent } = await recording();
  await outbound.sync(CHECKPOINT);
  await outbound.sync({ ...CHECKPOINT, checkpoint: false });
  await outbound.ephemeral(Uint8Array.of(1));
  expect(sent.map(({ ephemeral }) => ephemeral)).toEqual([false, true, true]);
  outbound.close();
});

//= protocol: SYNC-9
it("a checkpoint is looked for in the Store after 3 s, by its hash", async () => {
  const { clock, outbound, looked, reports } = await recording();
  await outbound.sync(CHECKPOINT);
  await clock.advanceSettled(2_999);
  expect(looked).toEqual([]);
  await clock.advanceSettled(1);
  expect(looked).toEqual([HASH]);
  expect(reports).toEqual([{ kind: "checkpoint-result", kept: false }]);
  outbound.close();
});

it("a checkpoint that is taken after the channel was closed is not looked for in the Store", async () => {
  const clock = createVirtualClock(1_800_000_000_000);
  let take: (() => void) | null = null;
  const transport = createMemoryNetwork().transport();
  transport.publish = () => new Promise((resolve) => (take = () => resolve({ hash: new Uint8Array(32) })));
  const outbound = createOutbound({
    ...{ author: { channelId, self: senderIdOf(channelId, signer.publicKey), signer }, key: new Uint8Array(32) },
    ...{ contentTopic: "/test/1/outbound/proto", transport, clock, isKept: async () => true, report: () => {} },
    bodies: createBodyCache(createMemoryStorage(), channelId),
  });
  const begun = outbound.sync(CHECKPOINT);
  await expect.poll(() => take, { timeout: 10_000 }).not.toBeNull();
  outbound.close();
  (take as (() => void) | null)?.();
  await begun;
  expect(clock.pending).toBe(0);
});

it("what is being encrypted when the channel is closed does not leave", async () => {
  const transport = createMemoryNetwork().transport();
  const left: OutboundFrame[] = [];
  transport.publish = async (frame) => {
    left.push(frame);
    return { hash: HASH };
  };
  let letGo = (): void => {};
  const encrypted = new Promise<Uint8Array>((resolve) => {
    letGo = () => resolve(STORED);
  });
  const outbound = createOutbound({
    ...{ author: { channelId, self: senderIdOf(channelId, signer.publicKey), signer }, key: KEY },
    ...{ contentTopic: "/test/1/outbound/proto", transport, clock: createVirtualClock(1_800_000_000_000) },
    ...{ isKept: async () => true, report: () => {}, encrypt: () => encrypted },
    bodies: createBodyCache(createMemoryStorage(), channelId),
  });
  const leaving = outbound.ephemeral(STORED);
  outbound.close();
  letGo();
  await expect(leaving).rejects.toMatchObject({ code: "closed" });
  expect(left).toEqual([]);
});

type Report = Parameters<OutboundOptions["report"]>[0];

/** What leaves through a transport that does what is said, and what is reported of it. */
function outboundWith(
  publish: () => Promise<{ readonly hash: Uint8Array }>,
  isKept: () => Promise<boolean> = async () => true,
) {
  const clock = createVirtualClock(1_800_000_000_000);
  const [published, reports]: [OutboundFrame[], Report[]] = [[], []];
  const transport = createMemoryNetwork().transport();
  transport.publish = (frame) => {
    published.push(frame);
    return publish();
  };
  const bodies = createBodyCache(createMemoryStorage(), channelId);
  bodies.remember(HELD, BYTES);
  const outbound = createOutbound({
    ...{ author: { channelId, self: senderIdOf(channelId, signer.publicKey), signer }, key: KEY },
    ...{ contentTopic: "/test/1/outbound/proto", transport, clock, bodies, isKept },
    report: (result) => reports.push(result),
  });
  return { clock, outbound, published, reports };
}

const HELD = asMessageId("0b".repeat(32));
const BYTES = new Uint8Array([1, 2, 3]);
const taken = async () => ({ hash: HASH });

describe("an attempt", () => {
  it("that the network takes is reported with its hash; what left is the message, encrypted, to be kept", async () => {
    const { outbound, published, reports, clock } = outboundWith(taken);
    await outbound.content(HELD, 3);
    expect(reports).toEqual([{ kind: "attempt-result", id: HELD, attempt: 3, outcome: { ok: true, hint: HASH } }]);
    expect(published).toMatchObject([{ version: 1, ephemeral: false, timestamp: clock.now() }]);
    expect(await decryptPayload(KEY, published[0]?.payload ?? new Uint8Array())).toEqual(BYTES);
  });

  it.each([
    ["closed", true],
    ["offline", true],
    ["timeout", true],
    ["rejected", true],
    ["too-large", false],
  ] as const)("that fails with %s is worth another: %s", async (code, retryable) => {
    const { outbound, reports } = outboundWith(() => Promise.reject(new TransportError(code, "The words.")));
    await outbound.content(HELD, 1);
    expect(reports).toMatchObject([{ outcome: { ok: false, reason: "The words.", retryable } }]);
  });

  it("that fails for a reason nobody knows is worth another", async () => {
    const { outbound, reports } = outboundWith(() => Promise.reject(new Error("?")));
    await outbound.content(HELD, 1);
    expect(reports).toMatchObject([{ outcome: { ok: false, reason: "?", retryable: true } }]);
  });

  it("at a text that is nowhere is the last, and nothing leaves", async () => {
    const { outbound, published, reports } = outboundWith(taken);
    await outbound.content(asMessageId("0c".repeat(32)), 1);
    expect(reports).toMatchObject([{ outcome: { ok: false, retryable: false } }]);
    expect(published).toEqual([]);
  });
});

describe("a repair", () => {
  it("leaves as the message is, with nothing to report, and not at all when it is nowhere or not taken", async () => {
    const { outbound, published, reports } = outboundWith(taken);
    await outbound.repair(HELD);
    await outbound.repair(asMessageId("0c".repeat(32)));
    await outboundWith(() => Promise.reject(new Error("?"))).outbound.repair(HELD);
    expect([published.length, published[0]?.ephemeral, reports]).toEqual([1, false, []]);
  });
});

describe("a sync", () => {
  it.each([
    ["gives it back", async () => true, true],
    ["does not have it", async () => false, false],
    ["does not answer", () => Promise.reject(new Error("No Store answers.")), false],
  ])("that is a checkpoint is looked for a moment later, when the Store %s", async (_what, isKept, kept) => {
    const { outbound, published, reports, clock } = outboundWith(taken, isKept);
    await outbound.sync(CHECKPOINT);
    expect(published[0]?.ephemeral).toBe(false);
    await clock.advanceSettled(2_999);
    expect(reports).toEqual([]);
    await clock.advanceSettled(1);
    await clock.advanceSettled(0);
    expect(reports).toEqual([{ kind: "checkpoint-result", kept }]);
  });

  it("of two checkpoints only the newer is looked for, and none after the end", async () => {
    const { outbound, reports, clock } = outboundWith(taken);
    await outbound.sync(CHECKPOINT);
    await outbound.sync(CHECKPOINT);
    await clock.advanceSettled(10_000);
    expect(reports.length).toBe(1);
    await outbound.sync(CHECKPOINT);
    outbound.close();
    await clock.advanceSettled(10_000);
    expect([reports.length, clock.pending]).toEqual([1, 0]);
  });

  it("that is none is for those who are there, and not looked for; one that is not taken neither", async () => {
    const { outbound, published, clock } = outboundWith(taken);
    await outbound.sync({ ...CHECKPOINT, checkpoint: false });
    expect([published[0]?.ephemeral, clock.pending]).toEqual([true, 0]);
    const failing = outboundWith(() => Promise.reject(new Error("?")));
    await failing.outbound.sync(CHECKPOINT);
    expect(failing.clock.pending).toBe(0);
  });
});

describe("what is said in passing", () => {
  it("is for those who are there, and rejects when the network does not take it", async () => {
    const { outbound, published } = outboundWith(taken);
    await outbound.ephemeral(BYTES);
    expect(published).toMatchObject([{ ephemeral: true }]);
    await expect(outboundWith(() => Promise.reject(new Error("?"))).outbound.ephemeral(BYTES)).rejects.toThrow("?");
  });
});
