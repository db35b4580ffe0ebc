import { describe, expect, it } from "vitest";
import { systemClock } from "../../runtime/system-clock.ts";
import type { Change, Durability } from "../../sds/io/records.ts";
import { createFaultyStorage, type FaultyStorage } from "../../storage/memory/faulty-storage.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { StorageErrorCode } from "../../storage/port.ts";
import { CHANNEL_A, messageOf, put } from "../../storage/testing/samples.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { MAX_BACKLOG_BYTES } from "./backlog.ts";
import { type CommitQueue, createCommitQueue } from "./commit-queue.ts";
import { createDiskSpace } from "./disk-space.ts";
import type { OldTexts } from "./old-texts.ts";

interface Attempts {
  readonly storage: FaultyStorage;
  readonly failures: unknown[];
  /** How often space was asked for. */
  readonly asked: number[];
  readonly queue: CommitQueue;
}

/** These writes fail; space is made so often. */
function queueOn(writes: readonly number[], rounds: number, code: StorageErrorCode = "quota"): Attempts {
  const storage = createFaultyStorage(createMemoryStorage(), { fail: { writes, code } });
  const [failures, asked]: [unknown[], number[]] = [[], []];
  const space = createDiskSpace({ schedule: (_ms, run) => systemClock.schedule(0, run) });
  let since = 0;
  const giveUpBatch: OldTexts["giveUpBatch"] = async () => {
    asked.push(asked.length);
    if (asked.length > rounds) return null;
    since = 6 + asked.length;
    return { count: 1, bytes: 1 };
  };
  space.offer({ count: () => 100, giveUpBatch });
  const queue = createCommitQueue({
    ...{
      storage,
      channel: CHANNEL_A,
      space,
      bodiesSince: () => since,
      ending: new AbortController().signal,
      onFailure: (error) => failures.push(error),
    },
  });
  return { storage, failures, asked, queue };
}

const messages = async ({ storage }: Attempts) => (await storage.load(CHANNEL_A)).messages.map(({ id }) => id);

describe("a commit on a full disk", () => {
  it("is written again when there is space, before all later ones, with what making space says", async () => {
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

  it("fails with the first reason when there is no space to make, and so do all later ones", async () => {
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

  it("asks for no space when something else is wrong", async () => {
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

/** A queue on a disk whose commits are done only when they are let go one by one. */
function heldQueue() {
  const commits: { readonly keys: readonly unknown[]; readonly durability: Durability }[] = [];
  const open: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const storage = storageWith(createMemoryStorage(), {
    commit: (_channel, changes, durability) => {
      commits.push({
        keys: changes.map((change) => change.op === "put" && change.table === "ledger" && change.record.seq),
        durability,
      });
      return new Promise((resolve, reject) => open.push({ resolve, reject }));
    },
  });
  const failures: unknown[] = [];
  const queue = createCommitQueue({
    ...{ storage, channel: CHANNEL_A, space: createDiskSpace(systemClock), bodiesSince: () => 0 },
    ending: new AbortController().signal,
    onFailure: (error) => failures.push(error),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ commits, failures, queue },
    done: async () => {
      open.shift()?.resolve();
      await settle();
    },
    fail: async () => {
      open.shift()?.reject(new Error("torn"));
      await settle();
    },
  };
}

describe("a commit queue", () => {
  const RELAXED = "relaxed" as const;
  const STRICT = "strict" as const;

  it.each([
    [[RELAXED, RELAXED, RELAXED], RELAXED],
    [[STRICT, RELAXED, RELAXED], STRICT],
    [[RELAXED, STRICT, RELAXED], STRICT],
    [[RELAXED, RELAXED, STRICT], STRICT],
  ])("writes what waits as one, in order: %j is %s", async (durabilities, expected) => {
    const { queue, commits, done } = heldQueue();
    void queue.commit([put.ledger(1)], RELAXED);
    durabilities.forEach((durability, at) => void queue.commit([put.ledger(at + 2)], durability));
    await done();
    expect(commits).toEqual([
      { keys: [1], durability: RELAXED },
      { keys: [2, 3, 4], durability: expected },
    ]);
  });

  it("makes a barrier of an empty strict commit, and writes nothing when there is nothing before it", async () => {
    const { queue, commits, done } = heldQueue();
    await queue.commit([], STRICT);
    expect(commits).toEqual([]);
    void queue.commit([put.ledger(1)], RELAXED);
    await done();
    const barrier = queue.commit([], STRICT);
    await done();
    await barrier;
    expect(commits.slice(1)).toEqual([{ keys: [], durability: STRICT }]);
    await queue.commit([], STRICT);
    expect(commits.length).toBe(2);
  });

  it("has written all that is queued when it is idle, and not before", async () => {
    const { queue, done } = heldQueue();
    const log: string[] = [];
    for (const seq of [1, 2]) void queue.commit([put.ledger(seq)], RELAXED).then(() => log.push(`${seq}`));
    const idle = queue.idle().then(() => log.push("idle"));
    await done();
    expect(log).toEqual(["1"]);
    await done();
    await idle;
    expect(log).toEqual(["1", "2", "idle"]);
    await queue.idle();
  });

  it("is long as long as much waits or is being written, and has space again when that is done or failed", async () => {
    const bytes = new Uint8Array(MAX_BACKLOG_BYTES / 2);
    const half: Change = { op: "put", table: "body", record: { id: messageOf(1).id, bytes } };
    const { queue, done, fail, failures } = heldQueue();
    const commit = () => void queue.commit([half], RELAXED).catch(() => {});
    commit();
    expect(queue.isLong()).toBe(false);
    commit();
    commit();
    expect(queue.isLong()).toBe(true);
    await done();
    expect(queue.isLong()).toBe(false);
    commit();
    await fail();
    await queue.idle();
    expect([queue.isLong(), failures.length]).toEqual([false, 1]);
  });
});

it("how far bodies were given up is written once, with what is written next", async () => {
  const written: unknown[][] = [];
  const storage = storageWith(createMemoryStorage(), {
    commit: async (_channel, changes) => {
      written.push(changes.map((change) => (change.op === "meta" ? `${change.key} ${change.value}` : change.op)));
    },
  });
  let since = 5;
  const queue = createCommitQueue({
    ...{ storage, channel: CHANNEL_A, space: createDiskSpace(systemClock), bodiesSince: () => since },
    ...{ ending: new AbortController().signal, onFailure: () => {} },
  });
  const commit = () => queue.commit([put.message(1)], "relaxed");
  await commit();
  since = 8;
  await commit();
  await commit();
  expect(written).toEqual([["put"], ["bodiesSince 8", "put"], ["put"]]);
});
