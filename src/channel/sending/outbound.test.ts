import { expect, it } from "vitest";
import { createNobleSigner } from "../../identity/noble-signer.ts";
import { decryptPayload } from "../../identity/payload-encryption.ts";
import { senderIdOf } from "../../identity/sender-id.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { SyncDraft } from "../../sds/io/effect.ts";
import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { createOutbound } from "./outbound.ts";

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
