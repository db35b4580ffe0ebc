import { asChannelId, type ChannelId } from "../../sds/wire/ids.ts";
import { assertEqual } from "./assert.ts";
import { bodyOf, bytesOf, CHANNEL_A, CHANNEL_B, dayOf, idOf, ledgerRowOf, put, summaryOf } from "./samples.ts";
import { beforeAndAfterReload, range, type StorageCase, storageCase } from "./storage-case.ts";

export const readCases: readonly StorageCase[] = [
  storageCase("bodies come in the order asked for, without those not held", async (fixture) => {
    await fixture.storage.commit(CHANNEL_A, [put.body(1), put.body(2, 150 * 1024), put.body(3, 0)], "relaxed");
    const storage = await fixture.reopen();
    const bodies = await storage.readBodies(CHANNEL_A, [3, 9, 1, 2, 1].map(idOf));
    assertEqual(bodies, [bodyOf(3, 0), bodyOf(1), bodyOf(2, 150 * 1024), bodyOf(1)], "bodies");
    assertEqual(await storage.readBodies(CHANNEL_A, []), [], "no ids");
  }),

  storageCase("the ledger is read in pages, ascending as numbers", async (fixture) => {
    const seqs = range(1, 121);
    const shuffled = [...seqs.filter((seq) => seq % 2 === 0), ...seqs.filter((seq) => seq % 2 === 1)];
    await fixture.storage.commit(
      CHANNEL_A,
      shuffled.map((seq) => put.ledger(seq, seq)),
      "relaxed",
    );
    const storage = await fixture.reopen();
    const page = async (after: number, limit: number): Promise<number[]> =>
      (await storage.readLedger(CHANNEL_A, after, limit)).map(({ seq }) => seq);
    assertEqual(await page(0, 50), range(1, 51), "first page");
    assertEqual(await page(50, 50), range(51, 101), "second page");
    assertEqual(await page(100, 50), range(101, 121), "last page");
    assertEqual(await page(120, 50), [], "behind the end");
    assertEqual(await page(-1, 2), [1, 2], "from before the start");
    assertEqual(await page(0, 0), [], "no rows wanted");
    assertEqual(await page(0, Number.POSITIVE_INFINITY), seqs, "all rows");
  }),

  storageCase("the ledger of a message holds every row that names it, ascending, and no other", async (fixture) => {
    const rows = [
      put.ledger(1, 1),
      put.ledger(2, 2, 1, 3),
      put.ledger(3, 3),
      put.ledger(4),
      put.ledger(11, 3, 1),
      put.ledger(5, 2),
    ];
    await fixture.storage.commit(CHANNEL_A, rows, "relaxed");
    await fixture.storage.commit(CHANNEL_B, [put.ledger(7, 1)], "relaxed");
    const storage = await fixture.reopen();
    assertEqual(
      await storage.readLedgerOf(CHANNEL_A, idOf(1)),
      [ledgerRowOf(1, 1), ledgerRowOf(2, 2, 1, 3), ledgerRowOf(11, 3, 1)],
      "rows",
    );
    assertEqual(await storage.readLedgerOf(CHANNEL_B, idOf(1)), [ledgerRowOf(7, 1)], "rows of the other channel");
    assertEqual(await storage.readLedgerOf(CHANNEL_A, idOf(9)), [], "rows of an unknown message");
  }),

  storageCase("what rows were folded into is read by its key, in the order asked for", async (fixture) => {
    await fixture.storage.commit(CHANNEL_A, [5, 3, 4].map(put.summary), "relaxed");
    await fixture.storage.commit(CHANNEL_A, [20_001, 9, 20_000].map(put.day), "relaxed");
    await fixture.storage.commit(CHANNEL_B, [put.summary(1), put.day(3)], "relaxed");
    const storage = await fixture.reopen();
    const asked = [4, 9, 3].map((n) => summaryOf(n).lamport);
    assertEqual(await storage.readSummaries(CHANNEL_A, asked), [summaryOf(4), summaryOf(3)], "summaries");
    assertEqual(await storage.readSummaries(CHANNEL_A, []), [], "none asked for");
    assertEqual(await storage.firstSummary(CHANNEL_A), summaryOf(3).lamport, "the first");
    assertEqual(await storage.readDays(CHANNEL_A, 0), [dayOf(9), dayOf(20_000), dayOf(20_001)], "all days");
    assertEqual(await storage.readDays(CHANNEL_A, 20_000), [dayOf(20_000), dayOf(20_001)], "days from one on");
    const unknown = asChannelId("unknown");
    assertEqual(await storage.firstSummary(unknown), null, "the first of an unknown channel");
    assertEqual(await storage.readDays(unknown, 0), [], "days of an unknown channel");
    await storage.commit(
      CHANNEL_A,
      [{ op: "put", table: "summary", record: { ...summaryOf(3), bytes: bytesOf(7, 3) } }],
      "relaxed",
    );
    assertEqual(
      await storage.readSummaries(CHANNEL_A, [summaryOf(3).lamport]),
      [{ lamport: summaryOf(3).lamport, bytes: bytesOf(7, 3) }],
      "a summary that was written over",
    );
  }),

  storageCase(
    "the oldest of the ledger and of its summaries are deleted by one change, and no others",
    async (fixture) => {
      const rows = range(1, 301).map((seq) => put.ledger(seq, seq));
      for (const channel of [CHANNEL_A, CHANNEL_B]) {
        await fixture.storage.commit(channel, [...rows, ...range(1, 21).map(put.summary)], "relaxed");
      }
      const below = (table: "ledger" | "summary", key: number) => ({ op: "delete-below", table, key }) as const;
      await fixture.storage.commit(CHANNEL_A, [put.summary(30), below("ledger", 201), put.ledger(301, 1)], "relaxed");
      await fixture.storage.commit(CHANNEL_A, [below("summary", summaryOf(11).lamport), below("ledger", 5)], "strict");
      for await (const storage of beforeAndAfterReload(fixture)) {
        const seqs = async (channel: ChannelId, after: number, limit: number): Promise<number[]> =>
          (await storage.readLedger(channel, after, limit)).map(({ seq }) => seq);
        assertEqual(await seqs(CHANNEL_A, 0, 999), range(201, 302), "all rows");
        assertEqual(await seqs(CHANNEL_A, 150, 3), [201, 202, 203], "rows after one that is gone");
        assertEqual(await seqs(CHANNEL_A, 200, 1), [201], "the first row");
        assertEqual(await seqs(CHANNEL_B, 0, 999), range(1, 301), "rows of the other channel");
        assertEqual(
          (await storage.readLedgerOf(CHANNEL_A, idOf(1))).map(({ seq }) => seq),
          [301],
          "rows of a message",
        );
        assertEqual(await storage.firstSummary(CHANNEL_A), summaryOf(11).lamport, "the first summary");
        const lamports = [...range(1, 21), 30].map((n) => summaryOf(n).lamport);
        assertEqual((await storage.readSummaries(CHANNEL_A, lamports)).length, 11, "summaries");
        assertEqual((await storage.readSummaries(CHANNEL_B, lamports)).length, 20, "summaries of the other channel");
      }
    },
  ),
];
