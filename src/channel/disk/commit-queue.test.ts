import { describe, expect, it } from "vitest";
import { systemClock } from "../../runtime/system-clock.ts";
import { createFaultyStorage, type FaultyStorage } from "../../storage/memory/faulty-storage.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { StorageErrorCode } from "../../storage/port.ts";
import { CHANNEL_A, messageOf, put } from "../../storage/testing/samples.ts";
import { type CommitQueue, createCommitQueue } from "./commit-queue.ts";
import { createDiskRoom } from "./disk-room.ts";
import type { OldTexts } from "./old-texts.ts";

interface Attempts {
  readonly storage: FaultyStorage;
  readonly failures: unknown[];
  /** How often room was asked for. */
  readonly asked: number[];
  readonly queue: CommitQueue;
}

/** These writes fail; room is made so often. */
function queueOn(writes: readonly number[], rounds: number, code: StorageErrorCode = "quota"): Attempts {
  const storage = createFaultyStorage(createMemoryStorage(), { fail: { writes, code } });
  const [failures, asked]: [unknown[], number[]] = [[], []];
  const room = createDiskRoom({ schedule: (_ms, run) => systemClock.schedule(0, run) });
  let since = 0;
  const giveUpBatch: OldTexts["giveUpBatch"] = async () => {
    asked.push(asked.length);
    if (asked.length > rounds) return null;
    since = 6 + asked.length;
    return { count: 1, bytes: 1 };
  };
  room.offer({ count: () => 100, giveUpBatch });
  const queue = createCommitQueue({
    ...{
      storage,
      channel: CHANNEL_A,
      room,
      bodiesSince: () => since,
      ending: new AbortController().signal,
      onFailure: (error) => failures.push(error),
    },
  });
  return { storage, failures, asked, queue };
}

const messages = async ({ storage }: Attempts) => (await storage.load(CHANNEL_A)).messages.map(({ id }) => id);

describe("a commit on a full disk", () => {
  it("is written again when there is room, before all later ones, with what making room says", async () => {
    const attempts = queueOn([1, 2], 5);
    const done: number[] = [];
    const commits = [1, 2, 3].map((n) =>
      attempts.queue.commit([put.message(n)], n === 3 ? "strict" : "relaxed").then(() => done.push(n)),
    );
    await Promise.all(commits);
    expect(done).toEqual([1, 2, 3]);
    expect(attempts.asked.length).toBe(2);
    expect(attempts.failures).toEqual([]);
    expect(await messages(attempts)).toEqual([1, 2, 3].map((n) => messageOf(n).id));
    expect((await attempts.storage.load(CHANNEL_A)).meta).toEqual({ bodiesSince: 8 });
  });

  it("fails with the first reason when there is no room to make, and so do all later ones", async () => {
    const attempts = queueOn([1, 2, 3], 2);
    const first = attempts.queue.commit([put.message(1)], "strict");
    const second = attempts.queue.commit([put.message(2)], "strict");
    await expect(first).rejects.toMatchObject({ code: "quota" });
    await expect(second).rejects.toMatchObject({ code: "quota" });
    await expect(attempts.queue.commit([put.message(3)], "strict")).rejects.toMatchObject({ code: "quota" });
    expect(attempts.failures).toHaveLength(1);
    expect(attempts.storage.writes).toBe(3);
    expect(await messages(attempts)).toEqual([]);
  });

  it("asks for no room when something else is wrong", async () => {
    const attempts = queueOn([1], 5, "failed");
    await expect(attempts.queue.commit([put.message(1)], "strict")).rejects.toMatchObject({ code: "failed" });
    expect(attempts.asked).toEqual([]);
  });

  it("a barrier waits for what did not fit at first", async () => {
    const attempts = queueOn([1], 5);
    const relaxed = attempts.queue.commit([put.message(1)], "relaxed");
    await attempts.queue.commit([], "strict");
    expect(await messages(attempts)).toEqual([messageOf(1).id]);
    await relaxed;
  });
});
