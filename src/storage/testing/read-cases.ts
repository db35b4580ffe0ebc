import { assertEqual } from "./assert.ts";
import { bodyOf, CHANNEL_A, CHANNEL_B, idOf, ledgerRowOf, put } from "./samples.ts";
import { range, type StorageCase, storageCase } from "./storage-case.ts";

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
];
