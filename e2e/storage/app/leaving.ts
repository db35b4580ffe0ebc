import { createDexieStorage } from "../../../src/storage/dexie/dexie-storage.ts";
import { CHANNEL_STORES, type Space } from "../../../src/storage/dexie/schema.ts";
import type { ChannelStorage } from "../../../src/storage/port.ts";
import { rawRecord } from "../../../src/storage/testing/device-cases.ts";
import { CHANNEL_A, CHANNEL_B, put, receiveOf } from "../../../src/storage/testing/samples.ts";
import { range } from "../../../src/storage/testing/storage-case.ts";

const PER_COMMIT = 200;

/** Joins channel A and writes so many messages into it, with so many ledger rows each; and one message into channel B. */
export async function fillForLeaving(name: string, messages: number, rowsPerMessage: number): Promise<void> {
  const storage = await createDexieStorage({ name });
  await storage.putDevice(rawRecord("Ada"));
  for (let n = 0; n < messages; n += PER_COMMIT) {
    const changes = range(n, Math.min(n + PER_COMMIT, messages)).flatMap((each) => [
      ...receiveOf(each),
      ...range(0, rowsPerMessage).map((row) => put.ledger(each * rowsPerMessage + row + 1, each, each + 1)),
    ]);
    await storage.commit(CHANNEL_A, changes, "relaxed");
  }
  await storage.commit(CHANNEL_B, receiveOf(0), "strict");
  await storage.close();
}

export interface Leaving {
  readonly dropMs: number;
  /** How long the other channel's strict commits took meanwhile, one every 20 ms at most: median, 99 of 100, the longest. */
  readonly commits: { readonly count: number; readonly p50: number; readonly p99: number; readonly max: number };
  readonly goneAfterMs: number;
}

/** Leaves channel A and goes on writing into channel B until all rows of A are gone. */
export async function leaveBesideCommits(storage: ChannelStorage, name: string): Promise<Leaving> {
  const start = performance.now();
  await storage.drop(CHANNEL_A);
  const dropMs = performance.now() - start;
  const took: number[] = [];
  for (let n = 1; ; n++) {
    const begun = performance.now();
    await storage.commit(CHANNEL_B, receiveOf(n), "strict");
    took.push(performance.now() - begun);
    if (n % 25 === 0 && (await strayRows(name)) === 0) break;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - (performance.now() - begun))));
  }
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const commits = { count: took.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  return { dropMs, commits, goneAfterMs: performance.now() - start };
}

/** Rows in stores of channels that no channel has: 0, or more. Counting them all would hold up who is measured. */
export async function strayRows(name: string): Promise<number> {
  const database = await settled(indexedDB.open(name));
  const transaction = database.transaction([...CHANNEL_STORES, "space"]);
  const inUse = new Set<Space>(await settled(transaction.objectStore("space").getAll()));
  let stray = 0;
  for (const store of CHANNEL_STORES) {
    let range: IDBKeyRange | null = null;
    for (;;) {
      const cursor: IDBCursor | null = await settled(transaction.objectStore(store).openKeyCursor(range));
      if (cursor === null || !Array.isArray(cursor.key)) break;
      const space = cursor.key[0] as Space;
      if (!inUse.has(space)) stray++;
      range = IDBKeyRange.lowerBound([space, []], true);
    }
  }
  database.close();
  return stray;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
