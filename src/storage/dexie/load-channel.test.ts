import { IDBFactory, IDBKeyRange, IDBObjectStore } from "fake-indexeddb";
import { afterEach, expect, it, vi } from "vitest";
import type { Change } from "../../sds/io/records.ts";
import { collectMessages } from "../collect-messages.ts";
import { CHANNEL_A, messageOf, put } from "../testing/samples.ts";
import { range } from "../testing/storage-case.ts";
import { createDexieStorage } from "./dexie-storage.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** More packs than are read at once. */
async function longChannel() {
  const storage = await createDexieStorage({ name: "hearback", indexedDB: new IDBFactory(), IDBKeyRange });
  for (let from = 0; from < 3_000; from += 600) {
    await storage.commit(CHANNEL_A, range(from, from + 600).map(put.message), "relaxed");
  }
  return storage;
}

/** How many packs were asked for, each time. */
function watchPacks(): number[] {
  const asked: number[] = [];
  const { getAll } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, "getAll").mockImplementation(function (this: IDBObjectStore, ...args) {
    const request = getAll.apply(this, args);
    if (this.name === "messagePack") request.addEventListener("success", () => asked.push(request.result.length));
    return request;
  });
  return asked;
}

it("reads a few packs at a time", async () => {
  const storage = await longChannel();
  const asked = watchPacks();
  const { messages } = await storage.read(CHANNEL_A, collectMessages);
  expect(messages.size).toBe(3_000);
  expect(asked.length).toBeGreaterThan(1);
  expect(Math.max(...asked)).toBe(8);
  await storage.close();
});

it("has what a pack cannot hold as bytes", async () => {
  const storage = await longChannel();
  const odd = { ...messageOf(5_000), later: "words of a later program" };
  await storage.commit(
    CHANNEL_A,
    [...range(4_000, 4_300).map(put.message), { ...put.message(5_000), record: odd } as Change],
    "relaxed",
  );
  const { messages } = await storage.read(CHANNEL_A, collectMessages);
  expect(messages.get(odd.id)).toEqual(odd);
  expect(messages.size).toBe(3_301);
  await storage.close();
});

it("gives nothing more to a reader that has failed", async () => {
  const storage = await longChannel();
  let puts = 0;
  const reading = storage.read(CHANNEL_A, () => ({
    put: () => {
      puts++;
      throw new RangeError("Too many.");
    },
    remove: () => -1,
  }));
  await expect(reading).rejects.toThrow(RangeError);
  expect(puts).toBe(1);
  await storage.close();
});
