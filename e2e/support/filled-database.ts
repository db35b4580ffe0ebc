import { ed25519 } from "@noble/curves/ed25519.js";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { Page } from "playwright";
import { createChannelHost } from "../../src/channel/host/host.ts";
import type { DeviceKey } from "../../src/identity/port.ts";
import { createVirtualClock } from "../../src/runtime/virtual-clock.ts";
import { createDexieStorage } from "../../src/storage/dexie/dexie-storage.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import { createMemoryNetwork } from "../../src/transport/memory/memory-network.ts";

/** All records of a database: store, key and value, as text (bytes in base64, under `BYTES`). */
export type DatabaseDump = readonly (readonly [store: string, records: string])[];

export interface FilledDatabase {
  readonly dump: DatabaseDump;
  readonly newestText: string;
}

const NAMES = ["Ada", "Ben", "Cleo"] as const;
/** Somebody writes this often. */
const PACE_MS = 4_000;
const PER_TRANSFER = 2_000;
const BYTES = "base64:";

/**
 * The database of Ada, who with two others is in a channel of `count` chat messages. They are really written, signed and
 * received, by three channels of this program on a network in memory and virtual time that ends now.
 */
export async function fillDatabase(count: number, multiaddr: string): Promise<FilledDatabase> {
  const indexedDB = new IDBFactory();
  const clock = createVirtualClock(Date.now() - count * PACE_MS);
  const network = createMemoryNetwork({ clock });
  const host = (storage: ChannelStorage) =>
    createChannelHost({ storage, clock, openTransport: () => network.transport(), generateKey: rawKey });
  const storage = await createDexieStorage({ name: "hearback", indexedDB, IDBKeyRange });
  const hosts = [host(storage), host(createMemoryStorage()), host(createMemoryStorage())] as const;
  const { id, inviteCode } = await hosts[0].create({
    name: "A long talk",
    displayName: NAMES[0],
    profile: "community",
    multiaddrs: [multiaddr],
    parameters: {},
  });
  for (const at of [1, 2] as const) await hosts[at].join({ invite: inviteCode, displayName: NAMES[at] });
  const clients = hosts.map((each) => each.open(id));
  await clock.advanceSettled(20_000);
  let newestText = "";
  for (let n = 1; n <= count; n++) {
    newestText = `Message number ${n} of a long talk among three people.`;
    await clients[n % 3]?.send({ requestId: `fill-${n}`, type: "chat", text: newestText });
    await clock.advanceSettled(PACE_MS);
  }
  await clock.advanceSettled(60_000);
  await clients[0]?.markRead({ lamport: clock.now(), id: "" as never });
  for (const each of hosts) await each.close();
  return { dump: await dumpDatabase(indexedDB), newestText };
}

/** Writes a dump into the database of this name, which the page's origin has already. */
export async function importDatabase(page: Page, name: string, dump: DatabaseDump): Promise<void> {
  for (const [store, records] of dump) await page.evaluate(importStore, { name, store, records, prefix: BYTES });
}

async function rawKey(): Promise<DeviceKey> {
  const { secretKey, publicKey } = ed25519.keygen();
  return { kind: "raw", secretKey, publicKey };
}

async function dumpDatabase(indexedDB: IDBFactory): Promise<DatabaseDump> {
  const db = await settled(indexedDB.open("hearback"));
  const dump: (readonly [string, string])[] = [];
  for (const name of db.objectStoreNames) {
    const store = db.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    const records = keys.map((key, at): unknown => [key, values[at]]);
    for (let start = 0; start < records.length; start += PER_TRANSFER) {
      dump.push([name, JSON.stringify(records.slice(start, start + PER_TRANSFER), bytesAsText)]);
    }
  }
  db.close();
  return dump;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function bytesAsText(_key: string, value: unknown): unknown {
  if (value instanceof ArrayBuffer) return BYTES + Buffer.from(value).toString("base64");
  return value instanceof Uint8Array ? BYTES + Buffer.from(value).toString("base64") : value;
}

interface StoreImport {
  readonly name: string;
  readonly store: string;
  readonly records: string;
  readonly prefix: string;
}

/** Runs in the page. */
function importStore({ name, store, records, prefix }: StoreImport): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const transaction = db.transaction(store, "readwrite");
      const parsed: [IDBValidKey, unknown][] = JSON.parse(records, (_key, value: unknown) =>
        typeof value === "string" && value.startsWith(prefix)
          ? Uint8Array.from(atob(value.slice(prefix.length)), (letter) => letter.charCodeAt(0))
          : value,
      );
      for (const [key, value] of parsed) transaction.objectStore(store).put(value, key);
      transaction.oncomplete = () => {
        db.close();
        resolve();
      };
      transaction.onabort = () => reject(transaction.error);
    };
  });
}
