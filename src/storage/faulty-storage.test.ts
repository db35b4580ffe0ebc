import { describe, expect, it } from "vitest";
import type { Durability } from "../sds/io/records.ts";
import { type CrashPlan, createFaultyStorage, type FaultyStorage } from "./memory/faulty-storage.ts";
import { createMemoryDisk, type MemoryDisk } from "./memory/memory-disk.ts";
import { createMemoryStorage } from "./memory/memory-storage.ts";
import { CHANNEL_A, CHANNEL_B, put } from "./testing/samples.ts";

/** Commits message 1, 2, 3 ... with these durabilities, without waiting; the crash ends it. */
function commitAll(storage: FaultyStorage, durabilities: readonly Durability[]): void {
  durabilities.forEach((durability, at) => void storage.commit(CHANNEL_A, [put.message(at + 1)], durability));
}

async function survivors(disk: MemoryDisk): Promise<number> {
  return (await createMemoryStorage(disk).load(CHANNEL_A)).messages.length;
}

async function survivorsOf(crash: Omit<CrashPlan, "disk">, durabilities: readonly Durability[]): Promise<number> {
  const disk = createMemoryDisk();
  const storage = createFaultyStorage(createMemoryStorage(disk), { crash: { ...crash, disk } });
  commitAll(storage, durabilities);
  await storage.crashed;
  return survivors(disk);
}

describe("faulty storage", () => {
  it("fails the planned writes, writes nothing of them, and goes on", async () => {
    const disk = createMemoryDisk();
    const storage = createFaultyStorage(createMemoryStorage(disk), { fail: { writes: [2], code: "quota" } });
    await storage.commit(CHANNEL_A, [put.message(1)], "strict");
    const failing = storage.commit(CHANNEL_A, [put.message(2)], "strict");
    await expect(failing).rejects.toMatchObject({ name: "StorageError", code: "quota" });
    await storage.commit(CHANNEL_A, [put.message(3)], "strict");
    expect((await storage.load(CHANNEL_A)).messages.map(({ authorSeq }) => authorSeq)).toEqual([1, 3]);
    expect(storage.writes).toBe(3);
  });

  it("loses at a crash what no strict commit followed, and keeps of it as many as planned", async () => {
    const run: Durability[] = ["relaxed", "strict", "relaxed", "relaxed", "relaxed"];
    expect(await survivorsOf({ write: 5, moment: "before" }, run)).toBe(2);
    expect(await survivorsOf({ write: 5, moment: "after" }, run)).toBe(2);
    expect(await survivorsOf({ write: 5, moment: "after", keep: 2 }, run)).toBe(4);
    expect(await survivorsOf({ write: 1, moment: "after" }, run)).toBe(0);
  });

  it("keeps a strict commit that happened, and not one that did not", async () => {
    expect(await survivorsOf({ write: 2, moment: "before" }, ["relaxed", "strict"])).toBe(0);
    expect(await survivorsOf({ write: 2, moment: "after" }, ["relaxed", "strict"])).toBe(2);
  });

  it("makes a barrier only for the channel of the strict commit", async () => {
    const disk = createMemoryDisk();
    const storage = createMemoryStorage(disk);
    await storage.commit(CHANNEL_A, [put.message(1)], "relaxed");
    await storage.commit(CHANNEL_B, [put.message(2)], "strict");
    disk.crash();
    expect((await createMemoryStorage(disk).load(CHANNEL_A)).messages).toHaveLength(0);
    expect((await createMemoryStorage(disk).load(CHANNEL_B)).messages).toHaveLength(1);
  });

  it("is silent after a crash: no call settles, nothing is written, the harness is told", async () => {
    const disk = createMemoryDisk();
    let told = 0;
    const onCrash = (): void => {
      told++;
    };
    const storage = createFaultyStorage(createMemoryStorage(disk), {
      crash: { write: 1, moment: "after", disk, onCrash },
    });
    const settled: string[] = [];
    const watch = (what: string, call: Promise<unknown>): void => {
      const note = (): void => void settled.push(what);
      call.then(note, note);
    };
    const load = storage.load(CHANNEL_A);
    await load;
    watch("commit", storage.commit(CHANNEL_A, [put.message(1)], "strict"));
    await storage.crashed;
    watch("later commit", storage.commit(CHANNEL_A, [put.message(2)], "strict"));
    watch("later load", storage.load(CHANNEL_A));
    // The same on a disk without faults, begun later and done before the check.
    const healthy = createFaultyStorage(createMemoryStorage(), {});
    await Promise.all([healthy.commit(CHANNEL_A, [put.message(2)], "strict"), healthy.load(CHANNEL_A)]);
    expect(settled).toEqual([]);
    expect(told).toBe(1);
    expect(await survivors(disk)).toBe(1);
  });
});
