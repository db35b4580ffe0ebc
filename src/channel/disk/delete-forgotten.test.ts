import { expect, it } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { createSeededRandom } from "../../runtime/seeded-random.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { Change, Durability } from "../../sds/io/records.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../sds/parameters/parameters.ts";
import { asChannelId } from "../../sds/wire/ids.ts";
import { createMemoryDisk, type MemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import { type Channel, openChannel } from "../channel.ts";
import { benMessage, writeHistory } from "../testing/small-disk.ts";

const CHANNEL = asChannelId("harbour");

interface Written {
  readonly changes: readonly Change[];
  readonly durability: Durability;
}

/** Ada's channel on a disk, of which 2,000 messages at most are kept; what it writes is recorded. */
async function open(disk: MemoryDisk, written: Written[] = []): Promise<Channel> {
  const clock = createVirtualClock(1_800_000_000_000);
  const signer = createNobleSigner(new Uint8Array(32).fill(1));
  const self = senderIdOf(CHANNEL, signer.publicKey);
  const storage = createMemoryStorage(disk);
  const { commit } = storage;
  storage.commit = (channel, changes, durability) => {
    written.push({ changes, durability });
    return commit.call(storage, channel, changes, durability);
  };
  return openChannel({
    identity: {
      ...{ channelId: CHANNEL, self, publicKey: signer.publicKey, profile: "community" },
      parameters: CHANNEL_PARAMETER_DEFAULTS,
    },
    ...{ key: new Uint8Array(32).fill(2), signer, storage, clock, random: createSeededRandom(1), maxHistory: 2_000 },
    transport: createMemoryNetwork({ clock }).transport(),
  });
}

async function filled(): Promise<MemoryDisk> {
  const disk = createMemoryDisk();
  await writeHistory(createMemoryStorage(disk), CHANNEL, 2_600);
  return disk;
}

const messagesOn = async (disk: MemoryDisk) => (await createMemoryStorage(disk).load(CHANNEL)).messages;
const turns = async (n: number): Promise<void> => {
  for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setImmediate(resolve));
};

//= protocol: STATE-6
it("writes the watermark first, on disk, then deletes old messages in batches while the channel is open", async () => {
  const disk = await filled();
  const written: Written[] = [];
  const channel = await open(disk, written);
  expect(channel.state.log.order.size).toBe(1_800);
  await turns(20);
  expect(written[0]?.durability).toBe("strict");
  expect(written[0]?.changes.some((change) => change.op === "meta" && change.key === "watermark")).toBe(true);
  expect(written[0]?.changes.some(({ op }) => op === "delete")).toBe(false);
  expect(Math.max(...written.map(({ changes }) => changes.length))).toBeLessThan(1_100);
  expect(await messagesOn(disk)).toHaveLength(1_800);
  const [oldBody, newBody] = await Promise.all(
    [0, 2_599].map((n) => createMemoryStorage(disk).readBodies(CHANNEL, [benMessage(n)])),
  );
  expect([oldBody?.length, newBody?.length]).toEqual([0, 1]);
  await channel.close();
});

it("goes on at the next start when it was closed in between", async () => {
  const disk = await filled();
  await (await open(disk)).close();
  const left = (await messagesOn(disk)).length;
  expect(left).toBeGreaterThan(1_800);
  const channel = await open(disk);
  expect(channel.state.log.order.size).toBe(1_800);
  await turns(20);
  expect(await messagesOn(disk)).toHaveLength(1_800);
  await channel.close();
});
