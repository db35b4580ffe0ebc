import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "node:v8";
import { ed25519 } from "@noble/curves/ed25519.js";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { chromium } from "playwright";
import { createLedgerFold } from "../src/channel/disk/ledger-fold.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import type { DeviceKey } from "../src/identity/port.ts";
import { createVirtualClock } from "../src/runtime/virtual-clock.ts";
import type { ChannelState } from "../src/sds/channel-state.ts";
import type { LedgerRow } from "../src/sds/io/ledger.ts";
import type { Change, Durability } from "../src/sds/io/records.ts";
import type { ChannelId } from "../src/sds/wire/ids.ts";
import { createDexieStorage } from "../src/storage/dexie/dexie-storage.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import type { DeviceRecord } from "../src/storage/port.ts";
import { storageWith } from "../src/storage/testing/storage-with.ts";
import { createMemoryNetwork } from "../src/transport/memory/memory-network.ts";
import { serveApp } from "./storage/serve-app.ts";
import { chromiumOptions } from "./support/browser.ts";

/**
 * What a message takes up on the disk of one who is in a channel with others: `npx tsx e2e/measure-disk.ts [MESSAGES]
 * [PEOPLE] [TIMES]`. The channels are real, on a network in memory and virtual time. What one of them wrote for these messages is
 * repeated so many times, each time with other ids, bytes and times, and its ledger is folded as the channel does it. All of
 * that is written, commit by commit, by the product's storage in Chromium; then the browser is closed and its folder is measured,
 * twice: after half of the messages and after all. The difference is what a message takes, whatever an empty database does.
 */
const PACE_MS = 4_000;
const BYTES = "base64:";
const PER_TRANSFER = 200;
const real = Number(process.argv[2] ?? 200);
const people = Number(process.argv[3] ?? 20);
const times = Number(process.argv[4] ?? 40);
const messages = real * times;
/** Said before, so that everybody knows everybody. */
const WARM_UP = 40;

interface Commit {
  readonly channel: ChannelId;
  readonly changes: readonly Change[];
  readonly durability: Durability;
}

interface Written {
  readonly device: DeviceRecord;
  readonly before: readonly Commit[];
  /** For the messages that are repeated. */
  readonly cycle: readonly Commit[];
}

async function write(): Promise<Written> {
  const clock = createVirtualClock(1_790_000_000_000);
  const network = createMemoryNetwork({ clock });
  const before: Commit[] = [];
  const cycle: Commit[] = [];
  let into = before;
  let device: DeviceRecord | null = null;
  const memory = createMemoryStorage();
  const recorded = storageWith(memory, {
    putDevice: async (record) => {
      device = structuredClone(record);
      await memory.putDevice(record);
    },
    commit: async (channel, changes, durability) => {
      into.push(structuredClone({ channel, changes, durability }));
      await memory.commit(channel, changes, durability);
    },
  });
  const hosts = Array.from({ length: people }, (_, n) => {
    const storage = n === 0 ? recorded : createMemoryStorage();
    return createChannelHost({ storage, clock, openTransport: () => network.transport(), generateKey: rawKey });
  });
  const [first, ...others] = hosts;
  if (first === undefined) throw new Error("Nobody is there");
  const { id, inviteCode } = await first.create({
    ...{ name: "A long talk", displayName: "Ada", profile: "community", multiaddrs: null, parameters: {} },
  });
  for (const [n, other] of others.entries()) await other.join({ invite: inviteCode, displayName: `Participant ${n}` });
  const clients = hosts.map((host) => host.open(id));
  await clock.advanceSettled(120_000);
  for (let n = 0; n < WARM_UP + real; n++) {
    if (n === WARM_UP) into = cycle;
    const text = `Message number ${n} of a long talk among ${people} people.`;
    await clients[n % people]?.send({ requestId: crypto.randomUUID(), type: "chat", text });
    await clock.advanceSettled(PACE_MS);
  }
  await clock.advanceSettled(60_000);
  for (const host of hosts) await host.close();
  if (device === null) throw new Error("Nobody joined");
  return { device, before, cycle };
}

const rowsOf = ({ changes }: Commit): LedgerRow[] =>
  changes.flatMap((change) => (change.op === "put" && change.table === "ledger" ? [change.record] : []));

/** All that is written, in two halves, with what folds the ledger. */
async function repeat({ before, cycle }: Written): Promise<Commit[][]> {
  const rows = cycle.flatMap(rowsOf);
  const [firstSeq, lastSeq] = [rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0];
  const span = { seq: lastSeq - firstSeq + 1, ms: real * PACE_MS };
  const memory = createMemoryStorage();
  const clock = createVirtualClock(0);
  const entries = new Map<string, { lamport: number }>();
  const out: Commit[][] = [[], []];
  let half = 0;
  const write = async (commit: Commit): Promise<void> => {
    out[half]?.push(commit);
    await memory.commit(commit.channel, commit.changes, commit.durability);
  };
  const [{ channel } = { channel: "" as ChannelId }] = cycle;
  const state = { identity: { channelId: channel }, ledger: { seq: 0 }, log: { entries } } as unknown as ChannelState;
  const commits = {
    commit: (changes: readonly Change[], durability: Durability) => write({ channel, changes, durability }),
  };
  const fold = createLedgerFold({ state, storage: memory, commits, clock });
  const step = async (commit: Commit): Promise<void> => {
    await write(commit);
    for (const change of commit.changes) {
      if (change.op === "put" && change.table === "message") entries.set(change.record.id, change.record);
    }
    fold.note(rowsOf(commit));
    clock.advance(100);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  for (const commit of before) await step(commit);
  for (let time = 0; time < times; time++) {
    half = time < times / 2 ? 0 : 1;
    const other = otherwise(time, span);
    for (const commit of cycle) await step(other(commit) as Commit);
  }
  fold.close();
  return out;
}

/** The same with other ids, bytes, times and numbers. */
function otherwise(time: number, span: { readonly seq: number; readonly ms: number }) {
  const pad = createHash("sha512").update(`${time}`).digest();
  const change = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") {
      return /^[0-9a-f]{64}$/.test(value) ? createHash("sha256").update(`${time} ${value}`).digest("hex") : value;
    }
    if (typeof value === "number") {
      if (key === "seq") return value + time * span.seq;
      return value > 1e12 ? value + time * span.ms : value;
    }
    if (value instanceof Uint8Array) return value.map((byte, at) => byte ^ (pad[at % pad.length] ?? 0));
    if (Array.isArray(value)) return value.map((each) => change(each));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each, name)]));
  };
  return change;
}

async function rawKey(): Promise<DeviceKey> {
  const { secretKey, publicKey } = ed25519.keygen();
  return { kind: "raw", secretKey, publicKey };
}

/** Rows, and bytes of keys and values as they are serialized, of each store. */
async function countStores(device: DeviceRecord, halves: Commit[][]): Promise<Record<string, string>> {
  const indexedDB = new IDBFactory();
  const storage = await createDexieStorage({ name: "hearback", indexedDB, IDBKeyRange });
  await storage.putDevice(device);
  for (const { channel, changes, durability } of halves.flat()) await storage.commit(channel, changes, durability);
  await storage.close();
  const db = await settled(indexedDB.open("hearback"));
  const counts: Record<string, string> = {};
  for (const name of db.objectStoreNames) {
    const store = db.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    const bytes = [...keys, ...values].reduce((sum: number, each) => sum + serialize(each).length, 0);
    counts[name] = `${keys.length} rows, ${bytes} bytes, ${Math.round(bytes / messages)} a message`;
  }
  db.close();
  return counts;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function measureChromium(halves: Commit[][]): Promise<number[]> {
  const app = await serveApp();
  const folder = await mkdtemp(join(tmpdir(), "hearback-disk-"));
  const options = await chromiumOptions();
  const sizes: number[] = [];
  try {
    for (const half of halves) {
      const context = await chromium.launchPersistentContext(folder, options);
      const page = await context.newPage();
      await page.goto(app.url);
      await page.evaluate(() => window.run("page", "open", ["hearback"]));
      for (let start = 0; start < half.length; start += PER_TRANSFER) {
        const commits = JSON.stringify(half.slice(start, start + PER_TRANSFER), bytesAsText);
        await page.evaluate((text) => window.run("page", "replay", ["hearback", text]), commits);
      }
      await page.evaluate(pushOutOfLog);
      await context.close();
      // Opening merges what the last run logged.
      for (let start = 0; start < 3; start++) {
        const again = await chromium.launchPersistentContext(folder, options);
        const reader = await again.newPage();
        await reader.goto(app.url);
        await reader.evaluate(() => window.run("page", "open", ["hearback"]));
        await reader.waitForTimeout(2_000);
        await again.close();
      }
      sizes.push(await folderBytes(join(folder, "Default", "IndexedDB")));
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await app.close();
  }
  return sizes;
}

/**
 * Runs in the page. The newest few megabytes of an origin lie in a log, as they were written; what is written behind them, and takes
 * nearly nothing when it is compressed, moves them to where they stay.
 */
async function pushOutOfLog(): Promise<void> {
  const opening = indexedDB.open("filler");
  opening.onupgradeneeded = () => opening.result.createObjectStore("filler");
  await new Promise<void>((resolve, reject) => {
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("filler", "readwrite");
      for (let n = 0; n < 400; n++) transaction.objectStore("filler").put("x".repeat(40_000), Math.random());
      transaction.onabort = () => reject(transaction.error);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  });
}

/** But for the log. */
async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.endsWith(".log")) continue;
    sum += entry.isDirectory() ? await folderBytes(path) : (await stat(path)).size;
  }
  return sum;
}

function bytesAsText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? BYTES + Buffer.from(value).toString("base64") : value;
}

const written = await write();
const halves = await repeat(written);
const stores = await countStores(written.device, halves);
const [half = 0, all = 0] = await measureChromium(halves);
const perMessage = Math.round((all - half) / (messages / 2));
process.stdout.write(`${JSON.stringify({ messages, people, stores, chromium: { half, all, perMessage } }, null, 2)}\n`);
