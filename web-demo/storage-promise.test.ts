import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createWebStorage } from "./testing/browser.ts";

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("localStorage", createWebStorage());
});
afterEach(() => void vi.unstubAllGlobals());

/** A page that opens in a browser with this storage manager. */
async function page(storage: Partial<StorageManager> | undefined) {
  vi.resetModules();
  vi.stubGlobal("navigator", { storage });
  return import("./storage-promise.ts");
}
const manager = (persisted: boolean, grants: boolean): Partial<StorageManager> => ({
  persisted: async () => persisted,
  persist: async () => grants,
});

it.each<[string, Partial<StorageManager> | undefined, boolean]>([
  ["grants it", manager(false, true), false],
  ["has granted it already", manager(true, false), false],
  ["refuses", manager(false, false), true],
  ["cannot be asked", undefined, true],
])("after asking a browser that %s, tells of it: %#", async (_, storage, tells) => {
  const { askForLastingStorage, shouldTellStorage } = await page(storage);
  expect(shouldTellStorage(), "not asked yet").toBe(false);
  await askForLastingStorage();
  expect(shouldTellStorage()).toBe(tells);
});

it.each<[Partial<StorageManager> | undefined, boolean]>([
  [manager(true, false), false],
  [manager(false, true), true],
  [undefined, true],
])("after only looking, tells when it is not granted: %#", async (storage, tells) => {
  const { checkLastingStorage, shouldTellStorage } = await page(storage);
  await checkLastingStorage();
  expect(shouldTellStorage()).toBe(tells);
});

it("tells no more once it was dismissed, also after a reload", async () => {
  const { checkLastingStorage, dismissStorageNote, shouldTellStorage } = await page(manager(false, false));
  await checkLastingStorage();
  dismissStorageNote();
  expect(shouldTellStorage()).toBe(false);
  const again = await page(manager(false, false));
  await again.checkLastingStorage();
  expect(again.shouldTellStorage()).toBe(false);
});
