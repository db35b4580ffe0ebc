import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messageStoreContract, type OpenStore, stored, walk } from "../testing/message-store-contract.ts";
import { MemoryMessageStore } from "./memory-message-store.ts";
import { openSqliteStore, prepareDatabase } from "./open-sqlite-store.ts";
import { SqliteMessageStore } from "./sqlite-message-store.ts";

const stores: Record<string, OpenStore> = {
  memory: (limits) => new MemoryMessageStore(limits),
  SQLite: (limits) => {
    const database = new Database(":memory:");
    prepareDatabase(database);
    return new SqliteMessageStore(database, limits);
  },
};

for (const [kind, open] of Object.entries(stores)) {
  describe(`message store: ${kind}`, () => {
    for (const { name, run } of messageStoreContract) {
      test(name, () => run(open));
    }
  });
}

describe("message store on disk", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearback-store-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test("is as it was after it is opened again, and obeys smaller limits at once", async () => {
    const first = await openSqliteStore(join(folder, "made", "for", "it"));
    for (let number = 0; number < 50; number += 1) {
      first.insert(stored(number, BigInt(number)));
    }
    const all = walk(first, true, 7);
    const { bytes } = first;
    first.close();
    const second = await openSqliteStore(join(folder, "made", "for", "it"));
    expect(walk(second, true, 7)).toEqual(all);
    expect([second.size, second.bytes]).toEqual([50, bytes]);
    expect(second.insert(stored(7, 7n))).toBe(false);
    second.close();
    const third = await openSqliteStore(join(folder, "made", "for", "it"), { maxBytes: bytes / 2 });
    expect(walk(third, true, 7)).toEqual(all.slice(25));
    third.close();
  });

  test("is not shared by two", async () => {
    const first = await openSqliteStore(folder);
    await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: "in-use" });
    first.close();
    (await openSqliteStore(folder)).close();
  });

  test("leaves alone what it cannot read, and says what to do", async () => {
    const file = join(folder, "messages.sqlite");
    const foreign = "not a database at all, however long it is. ".repeat(40);
    writeFileSync(file, foreign);
    const opening = openSqliteStore(folder);
    await expect(opening).rejects.toMatchObject({
      code: "unusable",
      message: expect.stringContaining("move the file"),
    });
    expect(readFileSync(file, "utf8")).toBe(foreign);
  });

  test("leaves alone what a newer version wrote", async () => {
    (await openSqliteStore(folder)).close();
    const database = new Database(join(folder, "messages.sqlite"));
    database.pragma("user_version = 2");
    database.close();
    await expect(openSqliteStore(folder)).rejects.toMatchObject({
      code: "unusable",
      message: expect.stringContaining("newer version"),
    });
  });

  test("walks an index for every kind of page, and sorts none", () => {
    const executed: string[] = [];
    const database = new Database(":memory:", { verbose: (sql) => executed.push(String(sql)) });
    prepareDatabase(database);
    const store = new SqliteMessageStore(database);
    for (const pubsubTopic of [undefined, "/waku/2/rs/42/0"]) {
      for (const contentTopics of [[], ["/a/1/x/proto"]]) {
        for (const forward of [true, false]) {
          const filter = { pubsubTopic, contentTopics, timeStart: 1n, timeEnd: 9n };
          store.page({ filter, cursor: undefined, forward, limit: 5, maxBytes: 1 });
        }
      }
    }
    const pages = executed.filter((sql) => sql.includes("LIMIT"));
    expect(pages).toHaveLength(8);
    for (const sql of pages) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
      expect(plan).toMatchObject([{ detail: expect.stringMatching(/^SEARCH messages USING COVERING INDEX by_/) }]);
    }
    store.close();
  });
});
