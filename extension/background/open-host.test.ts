// First: Dexie looks for the browser's IndexedDB once, when it is loaded.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { until } from "../../src/channel/testing/contract-fixture.ts";
import { claimWriter } from "../../src/storage/device-lock.ts";
import { createDexieStorage } from "../../src/storage/dexie/dexie-storage.ts";
import { rawRecord } from "../../src/storage/testing/device-cases.ts";
import { createLockSpace, type LockClient, type LockSpace, namesOf } from "../../src/storage/testing/lock-space.ts";
import { DATABASE } from "../platform/names.ts";
import { openHost } from "./open-host.ts";

let space: LockSpace;
/** The worker that opens the host. */
let worker: LockClient;
let asked: number;
const hosts: ChannelHost[] = [];

beforeEach(() => {
  space = createLockSpace();
  worker = space.client();
  asked = 0;
  const { locks } = worker;
  const counted: LockManager = {
    query: locks.query,
    request: ((...args: Parameters<LockManager["request"]>) => {
      asked++;
      return locks.request(...args);
    }) as LockManager["request"],
  };
  vi.stubGlobal("navigator", { locks: counted });
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(DATABASE).onsuccess = resolve;
  });
});

async function open(): Promise<ChannelHost> {
  const host = await openHost(() => true);
  hosts.push(host);
  return host;
}

const databases = async () => (await indexedDB.databases()).map(({ name }) => name);

describe("openHost", () => {
  it("holds the database for itself as long as it is open", async () => {
    const other = space.client();
    const host = await open();
    expect(await host.channels()).toEqual([]);
    expect(await databases()).toEqual([DATABASE]);
    expect(await claimWriter(other.locks, DATABASE)).toBeNull();
    await host.close();
    expect(await namesOf(other.locks, "held")).toEqual([]);
    // Nothing is left that would keep the next one from opening it.
    expect(await (await open()).channels()).toEqual([]);
  });

  it("holds it until its storage is closed: the next one must not open a database that is still written", async () => {
    const host = await open();
    const held: Promise<readonly string[]>[] = [];
    const close = IDBDatabase.prototype.close;
    vi.spyOn(IDBDatabase.prototype, "close").mockImplementation(function (this: IDBDatabase) {
      held.push(namesOf(worker.locks, "held"));
      close.call(this);
    });
    await host.close();
    expect(await Promise.all(held)).toEqual([[`hearback/writer/${DATABASE}`]]);
    expect(await namesOf(worker.locks, "held")).toEqual([]);
  });

  it("waits until an older worker has ended, and touches nothing before", async () => {
    const older = space.client();
    await claimWriter(older.locks, DATABASE);
    const opening = open();
    await until("it asked again", () => asked >= 3);
    expect(await databases()).toEqual([]);
    older.end();
    expect(await (await opening).channels()).toEqual([]);
    expect(await namesOf(older.locks, "held")).toHaveLength(1);
  });

  it("says why storage cannot be opened, and holds nothing then", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("The user denied it.", "SecurityError");
    });
    await expect(openHost(() => true)).rejects.toMatchObject({ name: "StorageError" });
    expect(await namesOf(worker.locks, "held")).toEqual([]);
    vi.restoreAllMocks();
    expect(await (await open()).channels()).toEqual([]);
  });

  it("leaves out a channel that cannot be read, and says which", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const storage = await createDexieStorage({ name: DATABASE });
    await storage.putDevice(rawRecord("Ada"));
    await storage.close();
    const host = await open();
    expect(await host.channels()).toEqual([]);
    expect(warned.mock.calls.map(([words]) => words)).toEqual([expect.stringContaining(rawRecord("Ada").channel)]);
  });
});
