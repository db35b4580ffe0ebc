import { expect, it } from "vitest";
import { createNobleSigner } from "../../identity/noble-signer.ts";
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
