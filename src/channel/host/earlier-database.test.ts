import { readFile } from "node:fs/promises";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeAll, describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import { emptySummary, summaryWith } from "../../sds/io/message-summary.ts";
import { MAX_SETTLED_KEPT } from "../../sds/parameters/limits.ts";
import { createDexieStorage } from "../../storage/dexie/dexie-storage.ts";
import { openDatabase } from "../../storage/dexie/open-database.ts";
import { SCHEMA_VERSIONS, type StoreName } from "../../storage/dexie/schema.ts";
import { transact } from "../../storage/dexie/transaction.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelClient, MessageView } from "../api/channel-client.ts";
import { openChannel } from "../channel.ts";
import { createLedgerFold } from "../disk/ledger-fold.ts";
import { createHostWith } from "./host.ts";

const name = "hearback";
const BYTES = "base64:";
type Dump = Readonly<Record<string, readonly (readonly [key: IDBValidKey, value: unknown])[]>>;

/**
 * The database of Ada, who with two others was in a channel of 24 messages, as it was written before the ledger was folded and
 * channels had spaces (schema version 1).
 */
let dump: Dump;

beforeAll(async () => {
  const text = await readFile(new URL("../testing/database-v1.json", import.meta.url), "utf8");
  dump = JSON.parse(text, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(BYTES)
      ? new Uint8Array(Buffer.from(value.slice(BYTES.length), "base64"))
      : value,
  );
});

async function earlier(): Promise<IDBFactory> {
  const indexedDB = new IDBFactory();
  const schema = SCHEMA_VERSIONS.filter(({ version }) => version === 1);
  const db = await openDatabase({ name, indexedDB, IDBKeyRange, schema }, () => undefined);
  const stores = Object.keys(dump) as StoreName[];
  await transact(db.native, { stores, mode: "readwrite", durability: "strict" }, (transaction) => {
    for (const store of stores) {
      for (const [key, value] of dump[store] ?? []) transaction.objectStore(store).put(value, key);
    }
    return () => undefined;
  });
  db.close();
  return indexedDB;
}

const textOf = (n: number): string => `Message number ${n} of a long talk among three people.`;
const rowsOf = (): LedgerRow[] => (dump.ledger ?? []).map(([, row]) => row as LedgerRow).sort((a, b) => a.seq - b.seq);

/** Ada's process on it, which folds all but the newest ten rows. */
async function start(indexedDB: IDBFactory) {
  const last = rowsOf().at(-1)?.at ?? 0;
  const clock = createVirtualClock(Math.ceil(last) + 60_000);
  const storage = await createDexieStorage({ name, indexedDB, IDBKeyRange });
  const network = createMemoryNetwork({ clock });
  const limits = {
    ...{ keep: { rows: 10, ids: 1_000 }, batch: { rows: 40, ids: 1_000 }, pauseMs: { first: 100, next: 10 } },
  };
  const host = createHostWith(
    (options) => openChannel(options, { createLedgerFold: (given) => createLedgerFold({ ...given, limits }) }),
    { storage, clock, openTransport: () => network.transport() },
  );
  const [channel] = await host.channels();
  if (channel === undefined) throw new Error("No channel is there");
  return { storage, clock, host, channel, client: host.open(channel.id) };
}

async function messagesOf(client: ChannelClient): Promise<MessageView[]> {
  const { page } = await client.snapshot(500);
  return page.entries.flatMap((entry) => (entry.kind === "message" && entry.type === "chat" ? [entry] : []));
}

async function until(done: () => Promise<boolean>, clock: ReturnType<typeof createVirtualClock>): Promise<void> {
  while (!(await done())) await clock.advanceSettled(50);
}

describe("a database that an earlier version wrote", () => {
  it("shows all messages with their texts, who has them and since when, before and after its ledger is folded", async () => {
    const { storage, clock, host, channel, client } = await start(await earlier());
    const { me, participants } = await client.snapshot();
    const indexOf = (id: string) => participants.findIndex((each) => each.id === id);
    const views = await messagesOf(client);
    expect(views.map(({ text }) => text)).toEqual(Array.from({ length: 24 }, (_, n) => textOf(n + 1)));
    const check = async () => {
      for (const { id, mine } of views) {
        const { evidence, attempts, timesKept } = await client.details(id);
        const told = summaryWith(emptySummary(id), rowsOf());
        // The clock that wrote them had fractions, which no other has.
        const whole = <T extends { at: number }>(each: T) => ({ ...each, at: Math.round(each.at) });
        expect(evidence.map(whole).map(({ participant, at }) => [indexOf(participant), at])).toEqual(
          told.words.map(whole).map(({ participant, at }) => [participant, at]),
        );
        expect(attempts.map(whole)).toEqual(told.attempts.map(whole));
        expect(timesKept).toBe(true);
        expect(attempts.length > 0).toBe(mine);
      }
    };
    await check();
    const rows = async () => (await storage.readLedger(channel.id, 0, 9_999)).length;
    expect(await rows()).toBeGreaterThan(60);
    await until(async () => (await rows()) <= 20, clock);
    await check();
    expect(participants.some(({ id }) => id === me)).toBe(true);
    // What is written from now on is folded as well, without a start.
    for (let n = 0; n < 30; n++) await client.send({ requestId: `more ${n}`, type: "chat", text: `more ${n}` });
    const newest = () => storage.readLedger(channel.id, 0, 9_999).then((all) => (all.at(-1)?.seq ?? 0) - all.length);
    const before = await newest();
    await until(async () => (await newest()) > before || (await rows()) <= 50, clock);
    await until(async () => (await rows()) <= 50, clock);
    await host.close();
  });

  it("knows the request ids that it has, and can be left and joined again", async () => {
    const indexedDB = await earlier();
    const { host, channel, client } = await start(indexedDB);
    const mine = (await messagesOf(client)).filter(({ mine: own }) => own);
    expect(mine.length).toBeLessThan(MAX_SETTLED_KEPT);
    const [first] = mine;
    if (first === undefined) throw new Error("Ada said nothing");
    const requestId = `fill-${first.text.split(" ")[2]}`;
    expect(await client.send({ requestId, type: "chat", text: first.text })).toEqual({ id: first.id });
    await expect(client.send({ requestId, type: "chat", text: "other" })).rejects.toMatchObject({ code: "invalid" });
    await host.leave(channel.id);
    await host.join({ invite: channel.inviteCode, displayName: "Ada again" });
    const again = host.open(channel.id);
    expect(await messagesOf(again)).toEqual([]);
    await again.send({ requestId, type: "chat", text: "new here" });
    await host.close();
    const next = await start(indexedDB);
    expect((await messagesOf(next.client)).map(({ text }) => text)).toEqual(["new here"]);
    await next.host.close();
  });
});
