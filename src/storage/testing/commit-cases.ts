import type { Change, MetaRecords } from "../../sds/io/records.ts";
import { StorageError } from "../port.ts";
import { assertEqual, assertRejects, assertTrue } from "./assert.ts";
import {
  bytesOf,
  CHANNEL_A,
  holeOf,
  idOf,
  ledgerRowOf,
  messageOf,
  outboxOf,
  participantOf,
  put,
  receiveOf,
  unwritable,
} from "./samples.ts";
import { beforeAndAfterReload, EMPTY, range, type StorageCase, sorted, storageCase } from "./storage-case.ts";

const META = {
  lamport: 2 ** 53 - 1,
  lamportReserved: 0,
  authorSeq: 7,
  joinLamport: 1.5,
  ledgerSeq: 3,
  historyCursor: -1,
  lastReadLamport: 1_760_000_000_000,
  lateUnread: 2,
  clockCorrectionMs: -7_200_000,
  detailsSince: 1_760_000_000_004,
  bodiesSince: 1_750_000_000_000,
  watermark: 1_740_000_000_000,
  connectedMs: 3_600_000.25,
  budgetContent: 13.5,
  budgetResend: 3,
  budgetSync: 12,
  budgetRepair: 4.5,
  budgetAt: 1_760_000_000_000,
  "historyCursor of /dns4/node.example/tcp/443/wss/p2p/16Uiu2": 1_760_000_000_001,
} satisfies MetaRecords;

const metaChanges = (Object.keys(META) as (keyof typeof META)[]).map(
  (key): Change => ({ op: "meta", key, value: META[key] }),
);

export const commitCases: readonly StorageCase[] = [
  storageCase("an unknown channel loads empty", async ({ storage }) => {
    assertEqual(await storage.load(CHANNEL_A), EMPTY, "load");
    assertEqual(await storage.readBodies(CHANNEL_A, [idOf(1)]), [], "readBodies");
    assertEqual(await storage.readLedger(CHANNEL_A, 0, 10), [], "readLedger");
    assertEqual(await storage.readLedgerOf(CHANNEL_A, idOf(1)), [], "readLedgerOf");
    assertEqual(await storage.listDevice(), [], "listDevice");
  }),

  storageCase("everything put comes back equal, before and after a reload", async (fixture) => {
    const changes = range(0, 4).flatMap((n) => [put.message(n), put.outbox(n), put.participant(n), put.hole(n)]);
    const more = range(0, 4).flatMap((n) => [put.body(n), put.ledger(n + 1, n, n + 1)]);
    await fixture.storage.commit(CHANNEL_A, [...changes, ...more, ...metaChanges], "strict");
    const expected = {
      messages: range(0, 4).map(messageOf),
      outbox: range(0, 4).map(outboxOf),
      participants: range(0, 4).map(participantOf),
      holes: range(0, 4).map(holeOf),
      meta: META,
    };
    for await (const storage of beforeAndAfterReload(fixture)) {
      assertEqual(sorted(await storage.load(CHANNEL_A)), expected, "load");
      assertEqual(
        await storage.readLedger(CHANNEL_A, 0, 9),
        range(0, 4).map((n) => ledgerRowOf(n + 1, n, n + 1)),
        "ledger",
      );
    }
  }),

  storageCase("a put replaces the record of the same key, a delete removes it", async (fixture) => {
    await fixture.storage.commit(CHANNEL_A, [put.message(1), put.outbox(1), put.hole(1), put.body(1)], "relaxed");
    const delivered: Change = { op: "put", table: "message", record: { ...messageOf(1), status: "buffered" } };
    const deletes = (["outbox", "hole", "body"] as const).map(
      (table): Change => ({ op: "delete", table, key: idOf(1) }),
    );
    await fixture.storage.commit(CHANNEL_A, [delivered, ...deletes], "relaxed");
    await fixture.storage.commit(CHANNEL_A, [{ op: "delete", table: "hole", key: idOf(99) }], "strict");
    for await (const storage of beforeAndAfterReload(fixture)) {
      const expected = { ...EMPTY, messages: [{ ...messageOf(1), status: "buffered" }] };
      assertEqual(await storage.load(CHANNEL_A), expected, "load");
      assertEqual(await storage.readBodies(CHANNEL_A, [idOf(1)]), [], "readBodies");
    }
  }),

  storageCase("changes of one commit apply in order", async ({ storage }) => {
    const remove: Change = { op: "delete", table: "message", key: idOf(1) };
    await storage.commit(CHANNEL_A, [put.message(1), remove, put.message(2), remove, put.message(1)], "relaxed");
    assertEqual(sorted(await storage.load(CHANNEL_A)).messages, [messageOf(1), messageOf(2)], "messages");
    await storage.commit(CHANNEL_A, [put.message(3), { op: "delete", table: "message", key: idOf(3) }], "relaxed");
    assertEqual((await storage.load(CHANNEL_A)).messages.length, 2, "messages left");
  }),

  storageCase("a commit that cannot be written whole is not written at all", async (fixture) => {
    await fixture.storage.commit(CHANNEL_A, [put.message(1)], "relaxed");
    const changes = [...receiveOf(2), unwritable(3), put.message(4)];
    const error = await assertRejects(fixture.storage.commit(CHANNEL_A, changes, "strict"), "commit");
    assertTrue(error instanceof StorageError && error.code === "failed", `expected StorageError failed, got ${error}`);
    for await (const storage of beforeAndAfterReload(fixture)) {
      assertEqual(await storage.load(CHANNEL_A), { ...EMPTY, messages: [messageOf(1)] }, "load");
      assertEqual(await storage.readBodies(CHANNEL_A, [idOf(2)]), [], "readBodies");
      assertEqual(await storage.readLedger(CHANNEL_A, 0, 9), [], "readLedger");
    }
  }),

  storageCase("a failed commit harms none of its neighbours", async ({ storage }) => {
    const before = storage.commit(CHANNEL_A, [put.message(1)], "relaxed");
    const failing = assertRejects(storage.commit(CHANNEL_A, [put.message(2), unwritable(3)], "relaxed"), "commit");
    const after = storage.commit(CHANNEL_A, [put.message(4)], "relaxed");
    await Promise.all([before, failing, after]);
    assertEqual(sorted(await storage.load(CHANNEL_A)).messages, [messageOf(1), messageOf(4)], "messages");
  }),

  storageCase("commits apply in call order, whatever their durability and tables", async (fixture) => {
    const commits = range(0, 60).map((n) =>
      fixture.storage.commit(
        CHANNEL_A,
        [
          { op: "meta", key: "authorSeq", value: n },
          ...(n % 3 === 0 ? [put.message(n)] : [put.outbox(0), put.hole(n)]),
        ],
        n % 4 === 0 ? "strict" : "relaxed",
      ),
    );
    const order: number[] = [];
    await Promise.all(commits.map((commit, n) => commit.then(() => order.push(n))));
    assertEqual(order, range(0, 60), "order of completion");
    const loaded = await (await fixture.reopen()).load(CHANNEL_A);
    assertEqual(loaded.meta, { authorSeq: 59 }, "meta");
    assertEqual([loaded.messages.length, loaded.holes.length, loaded.outbox.length], [20, 40, 1], "counts");
  }),

  storageCase("a read sees every commit called before it", async ({ storage }) => {
    const commit = storage.commit(CHANNEL_A, receiveOf(1), "relaxed");
    const [loaded, bodies, rows] = await Promise.all([
      storage.load(CHANNEL_A),
      storage.readBodies(CHANNEL_A, [idOf(1)]),
      storage.readLedgerOf(CHANNEL_A, idOf(1)),
    ]);
    assertEqual([loaded.messages.length, bodies.length, rows.length], [1, 1, 1], "counts");
    await commit;
  }),

  storageCase("a strict commit, even an empty one, is a barrier for the relaxed ones before it", async (fixture) => {
    const commits = range(0, 20).map((n) => fixture.storage.commit(CHANNEL_A, receiveOf(n), "relaxed"));
    await fixture.storage.commit(CHANNEL_A, [], "strict");
    const storage = await fixture.reopen();
    assertEqual((await storage.load(CHANNEL_A)).messages.length, 20, "messages");
    await Promise.all(commits);
  }),

  storageCase("records are copied when commit is called", async ({ storage }) => {
    const record = { ...messageOf(2), audience: [1, 2] };
    const bytes = bytesOf(1, 10);
    const body: Change = { op: "put", table: "body", record: { id: idOf(2), bytes } };
    const commit = storage.commit(CHANNEL_A, [{ op: "put", table: "message", record }, body], "relaxed");
    record.audience.push(3);
    bytes.fill(0);
    await commit;
    const loaded = await storage.load(CHANNEL_A);
    assertEqual(loaded.messages, [{ ...messageOf(2), audience: [1, 2] }], "messages");
    (loaded.messages[0] as { status: string }).status = "changed by the reader";
    assertEqual((await storage.load(CHANNEL_A)).messages[0]?.status, "delivered", "status read again");
    assertEqual((await storage.readBodies(CHANNEL_A, [idOf(2)]))[0]?.bytes, bytesOf(1, 10), "bytes");
  }),

  storageCase("of a view on a large buffer only the view is stored", async (fixture) => {
    const view = bytesOf(0, 4096).subarray(100, 132);
    const changes: Change[] = [
      { op: "put", table: "body", record: { id: idOf(1), bytes: view } },
      { op: "put", table: "hole", record: { ...holeOf(2), hint: view } },
      { op: "put", table: "participant", record: { ...participantOf(1), publicKey: view } },
      {
        op: "put",
        table: "message",
        record: { ...messageOf(1), hint: view, parents: [{ id: idOf(0), lamport: null, hint: view }] },
      },
    ];
    await fixture.storage.commit(CHANNEL_A, changes, "relaxed");
    const storage = await fixture.reopen();
    const { messages, holes, participants } = await storage.load(CHANNEL_A);
    const bodies = await storage.readBodies(CHANNEL_A, [idOf(1)]);
    const all = [
      messages[0]?.hint,
      messages[0]?.parents[0]?.hint,
      holes[0]?.hint,
      participants[0]?.publicKey,
      bodies[0]?.bytes,
    ];
    for (const bytes of all) {
      assertEqual(bytes, view, "bytes");
      assertEqual(bytes?.buffer.byteLength, 32, "length of the buffer");
    }
  }),

  storageCase("5,000 messages load equal after a reload, also when most of them were put twice", async (fixture) => {
    const buffered = (n: number): Change => ({
      op: "put",
      table: "message",
      record: { ...messageOf(n), status: "buffered" },
    });
    for (let start = 0; start < 5_000; start += 500) {
      await fixture.storage.commit(CHANNEL_A, range(start, start + 500).map(buffered), "relaxed");
      await fixture.storage.commit(CHANNEL_A, range(start, start + 500).map(put.message), "relaxed");
    }
    const remove = range(100, 200).map((n): Change => ({ op: "delete", table: "message", key: idOf(n) }));
    await fixture.storage.commit(CHANNEL_A, remove, "relaxed");
    const expected = [...range(0, 100), ...range(200, 5_000)].map(messageOf);
    assertEqual(sorted(await fixture.storage.load(CHANNEL_A)).messages, expected, "messages");
    const again = range(0, 5_000)
      .filter((n) => n < 100 || n >= 200)
      .map(buffered);
    await fixture.storage.commit(CHANNEL_A, again, "strict");
    const second = [...range(0, 100), ...range(200, 5_000)].map((n) => ({ ...messageOf(n), status: "buffered" }));
    for (let reload = 0; reload < 3; reload++) {
      assertEqual(
        sorted(await (await fixture.reopen()).load(CHANNEL_A)).messages,
        second,
        `messages, reload ${reload}`,
      );
    }
  }),

  storageCase("closing waits for what runs, and lets nothing begin any more", async (fixture) => {
    const order: string[] = [];
    const commits = range(0, 20).map((n) =>
      fixture.storage.commit(CHANNEL_A, receiveOf(n), n === 19 ? "strict" : "relaxed").then(() => order.push("commit")),
    );
    const reading = fixture.storage.load(CHANNEL_A).then(() => order.push("load"));
    const closing = fixture.storage.close().then(() => order.push("closed"));
    const late = await assertRejects(fixture.storage.commit(CHANNEL_A, receiveOf(99), "strict"), "late commit");
    assertTrue(late instanceof StorageError && late.code === "closed", `expected StorageError closed, got ${late}`);
    await Promise.all([...commits, reading, closing]);
    assertEqual([order.length, order.at(-1)], [22, "closed"], "what ended last");
  }),

  storageCase("concurrent commits from many callers all arrive", async (fixture) => {
    const caller = async (index: number): Promise<void> => {
      for (const step of range(0, 10)) {
        await fixture.storage.commit(CHANNEL_A, receiveOf(index * 10 + step), step % 5 === 4 ? "strict" : "relaxed");
      }
    };
    await Promise.all(range(0, 20).map(caller));
    const storage = await fixture.reopen();
    assertEqual(sorted(await storage.load(CHANNEL_A)).messages, range(0, 200).map(messageOf), "messages");
    assertEqual(
      (await storage.readLedger(CHANNEL_A, 0, 1_000)).map(({ seq }) => seq),
      range(1, 201),
      "ledger",
    );
  }),
];
