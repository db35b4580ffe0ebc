import { expect, it } from "vitest";
import { asChannelId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { benMessage } from "../testing/small-disk.ts";
import { createBodyCache } from "./body-cache.ts";

it("keeps the newest bodies in memory, few when they are long, and reads the others", async () => {
  const read: string[] = [];
  const readBodies = async (_channel: unknown, ids: readonly string[]) => {
    read.push(...ids);
    return [];
  };
  const cache = createBodyCache(storageWith(createMemoryStorage(), { readBodies }), asChannelId("harbour"));
  const isCached = async (n: number) => (await cache.bytes(benMessage(n))) !== null;
  for (let n = 0; n < 1_001; n++) cache.remember(benMessage(n), new Uint8Array(1_000));
  expect([await isCached(0), await isCached(1)]).toEqual([false, true]);
  for (let n = 2_000; n < 2_300; n++) cache.remember(benMessage(n), new Uint8Array(150 * 1024));
  const cached = await Promise.all(Array.from({ length: 300 }, (_, n) => isCached(2_000 + n)));
  expect(cached.filter(Boolean).length * 150 * 1024).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(cached.slice(-100)).not.toContain(false);
  // What is said again, or forgotten, is counted once.
  for (let n = 0; n < 1_000; n++) cache.remember(benMessage(2_299), new Uint8Array(150 * 1024));
  for (let n = 2_200; n < 2_290; n++) cache.forget(benMessage(n));
  for (let n = 3_000; n < 3_090; n++) cache.remember(benMessage(n), new Uint8Array(150 * 1024));
  expect([await isCached(2_299), await isCached(2_290), await isCached(2_200)]).toEqual([true, true, false]);
});

it("knows what is about to be written, and nothing of what is about to be deleted", async () => {
  const cache = createBodyCache(createMemoryStorage(), asChannelId("harbour"));
  const [one, two] = [benMessage(1), benMessage(2)];
  const record = (id: typeof one, byte: number) => ({ id, bytes: new Uint8Array([byte]) });
  cache.apply([
    { op: "put", table: "body", record: record(one, 1) },
    { op: "put", table: "body", record: record(two, 2) },
    { op: "delete", table: "message", key: one },
  ]);
  expect([await cache.bytes(one), await cache.bytes(two)]).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
  cache.apply([{ op: "delete", table: "body", key: one }]);
  expect([await cache.bytes(one), await cache.bytes(two)]).toEqual([null, new Uint8Array([2])]);
});
