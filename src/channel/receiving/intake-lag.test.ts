import { expect, test } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { LiveFrame } from "../../transport/port.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { composeSync } from "../sending/compose.ts";
import { createIntake } from "./intake.ts";

const KEY = new Uint8Array(32).fill(4);
const BEN = createNobleSigner(new Uint8Array(32).fill(3));
/** As long as a trailer waits for others when nothing else is to be taken in (`trailer-queue.ts`). */
const GATHER_MS = 20;
/** What a person added to this device's clock: nothing that is measured here may contain it. */
const CORRECTION_MS = 3_600_000;

/** An intake, and syncs by Ben that come to it. */
function intakeOf() {
  const core = new OneCore();
  const { channelId } = core.state.identity;
  const clock = createVirtualClock(core.now);
  const dispatched: StepInput[] = [];
  const refused: string[] = [];
  const intake = createIntake({
    ...{ state: core.state, key: KEY },
    clock: { now: () => clock.now() + CORRECTION_MS, schedule: clock.schedule },
    deviceNow: clock.now,
    bodies: createBodyCache(createMemoryStorage(), channelId),
    commits: { isLong: () => false, commit: async () => {} },
    dispatch: (input) => dispatched.push(input),
    refuse: (reason) => refused.push(reason),
    onEphemeral: () => {},
    onLiveSync: () => {},
  });
  const author = { channelId, self: senderIdOf(channelId, BEN.publicKey), signer: BEN };
  const syncFrame = async (arrivedAt: number): Promise<LiveFrame> => {
    const bytes = await composeSync(author, {
      ...{ messageId: asMessageId("0a"), lamport: arrivedAt, causalHistory: [], completeSince: 0, repairRequests: [] },
      ...{ bloomFilter: undefined, receiptsWantedFrom: null, checkpoint: false },
    });
    const payload = await encryptPayload(KEY, bytes);
    const hash = new Uint8Array(32);
    return { contentTopic: "topic", payload, version: 1, ephemeral: true, timestamp: arrivedAt, hash, arrivedAt };
  };
  return { intake, clock, dispatched, refused, syncFrame };
}

test("an intake is behind by what the oldest frame has waited, until its trailer is verified, and then by nothing", async () => {
  const { intake, clock, dispatched, syncFrame } = intakeOf();
  expect(intake.lagMs()).toBe(0);
  const frames = [await syncFrame(clock.now() - 700), await syncFrame(clock.now() - 300)];
  for (const frame of frames) intake.live(frame);
  expect(intake.lagMs(), "it waits to be decrypted").toBe(700);
  await expect.poll(() => clock.pending).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(intake.lagMs(), "and then for its verdict").toBe(700);
  await clock.advanceSettled(GATHER_MS);
  expect(dispatched).toHaveLength(2);
  expect(intake.lagMs()).toBe(0);
});

test("a sync that was pushed tells how long it has waited", async () => {
  const { intake, clock, dispatched, syncFrame } = intakeOf();
  intake.live(await syncFrame(clock.now() - 5_000));
  await expect.poll(() => clock.pending).toBe(1);
  await clock.advanceSettled(GATHER_MS);
  expect(dispatched).toMatchObject([{ kind: "receive-sync", source: "live", waitedMs: 5_000 + GATHER_MS }]);
});

test("an intake is not behind by frames that were refused", async () => {
  const { intake, clock, refused, syncFrame } = intakeOf();
  const frame = await syncFrame(clock.now() - 5_000);
  intake.live({ ...frame, payload: frame.payload.slice(1) });
  await expect.poll(() => refused).toEqual(["undecryptable"]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(intake.lagMs()).toBe(0);
});

test("a clock that was set back makes no intake early", async () => {
  const { intake, clock, syncFrame } = intakeOf();
  intake.live(await syncFrame(clock.now() + 5_000));
  expect(intake.lagMs()).toBe(0);
});
