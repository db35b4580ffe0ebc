import type { StoredMessages } from "../../sds/io/records.ts";
import { collectMessages } from "../collect-messages.ts";
import { StorageError } from "../port.ts";
import { assertEqual, assertRejects, assertTrue } from "./assert.ts";
import { bodyOf, CHANNEL_A, CHANNEL_B, idOf, ledgerRowOf, messageOf, outboxOf, put, receiveOf } from "./samples.ts";
import { beforeAndAfterReload, EMPTY, range, type StorageCase, sorted, storageCase } from "./storage-case.ts";

export const channelCases: readonly StorageCase[] = [
  storageCase("closing waits for what is being written, all of which is there afterwards", async (fixture) => {
    let written = 0;
    for (const n of range(0, 5)) {
      void fixture.storage.commit(CHANNEL_A, receiveOf(n), "relaxed").then(() => written++);
    }
    await fixture.storage.close();
    assertEqual(written, 5, "commits that are done when it is closed");
    const { messages } = sorted(await (await fixture.reopen()).load(CHANNEL_A));
    assertEqual(messages, range(0, 5).map(messageOf), "messages");
  }),

  storageCase("two channels do not mix", async (fixture) => {
    await fixture.storage.commit(CHANNEL_A, [...receiveOf(1), { op: "meta", key: "authorSeq", value: 1 }], "relaxed");
    await fixture.storage.commit(CHANNEL_B, [put.message(2), { op: "meta", key: "authorSeq", value: 2 }], "relaxed");
    const storage = await fixture.reopen();
    assertEqual((await storage.load(CHANNEL_A)).messages, [messageOf(1)], "messages of A");
    assertEqual(await storage.load(CHANNEL_B), { ...EMPTY, messages: [messageOf(2)], meta: { authorSeq: 2 } }, "B");
    assertEqual(await storage.readBodies(CHANNEL_B, [idOf(1)]), [], "bodies of B");
    assertEqual(await storage.readLedger(CHANNEL_B, 0, 9), [], "ledger of B");
  }),

  storageCase("drop forgets all of one channel and nothing of the other", async (fixture) => {
    const many = range(0, 600).map(put.message);
    for (const channel of [CHANNEL_A, CHANNEL_B]) {
      await fixture.storage.commit(channel, [...many, ...receiveOf(1), put.outbox(1), put.hole(1)], "relaxed");
      const key = { kind: "raw", secretKey: new Uint8Array(32), publicKey: new Uint8Array(32) } as const;
      await fixture.storage.putDevice({ channel, descriptor: new Uint8Array(3), key, displayName: "D", joinedAt: 1 });
    }
    const before = sorted(await fixture.storage.load(CHANNEL_B));
    // Not awaited in between: what was called before the drop must not come back after it.
    const late = fixture.storage.commit(CHANNEL_A, many, "relaxed");
    await fixture.storage.drop(CHANNEL_A);
    await late;
    for await (const storage of beforeAndAfterReload(fixture)) {
      assertEqual(await storage.load(CHANNEL_A), EMPTY, "A");
      assertEqual(await storage.readBodies(CHANNEL_A, [idOf(1)]), [], "bodies of A");
      assertEqual(await storage.readLedgerOf(CHANNEL_A, idOf(1)), [], "ledger of A");
      assertEqual(sorted(await storage.load(CHANNEL_B)), before, "B");
      assertEqual(
        (await storage.listDevice()).map(({ channel }) => channel),
        [CHANNEL_B],
        "device records",
      );
    }
  }),

  storageCase(
    "a channel that is joined again at once begins empty, and loses nothing to the one that was left",
    async (fixture) => {
      const many = range(0, 600).map(put.message);
      const key = { kind: "raw", secretKey: new Uint8Array(32), publicKey: new Uint8Array(32) } as const;
      for (const round of [1, 2, 3]) {
        const old = [...receiveOf(1), put.outbox(1), put.hole(1), put.summary(1), put.day(1)];
        await fixture.storage.commit(CHANNEL_A, [...many, ...old], "relaxed");
        // Not awaited: what is asked for behind it finds nothing of the old one.
        const dropped = fixture.storage.drop(CHANNEL_A);
        const found = fixture.storage.load(CHANNEL_A);
        const joinedAt = 1_760_000_000_000 + round;
        const joined = {
          channel: CHANNEL_A,
          descriptor: new Uint8Array(3),
          key,
          displayName: `Ada ${round}`,
          joinedAt,
        };
        const named = fixture.storage.putDevice(joined);
        const written = fixture.storage.commit(CHANNEL_A, [...receiveOf(round + 1), put.outbox(2)], "strict");
        assertEqual(await found, EMPTY, `what is found in round ${round}`);
        await Promise.all([dropped, named, written]);
      }
      for await (const storage of beforeAndAfterReload(fixture)) {
        const { messages, outbox, holes, meta } = await storage.load(CHANNEL_A);
        assertEqual(messages, [messageOf(4)], "messages");
        assertEqual(outbox, [outboxOf(2)], "outbox");
        assertEqual(holes, [], "holes");
        assertEqual(meta, { lamport: 1_760_000_000_004 }, "meta");
        assertEqual(await storage.readBodies(CHANNEL_A, range(0, 9).map(idOf)), [bodyOf(4)], "bodies");
        assertEqual(await storage.readLedger(CHANNEL_A, 0, 9), [ledgerRowOf(5, 4)], "ledger");
        assertEqual(await storage.readLedgerOf(CHANNEL_A, idOf(1)), [], "ledger of what was left");
        assertEqual(await storage.firstSummary(CHANNEL_A), null, "summaries of what was left");
        assertEqual(await storage.readDays(CHANNEL_A, 0), [], "days of what was left");
        assertEqual(
          (await storage.listDevice()).map(({ displayName }) => displayName),
          ["Ada 3"],
          "device records",
        );
      }
    },
  ),
  storageCase("reading gives all but the messages first, and then what loading gives", async (fixture) => {
    const deleted = [3, 300, 599].map((n) => ({ op: "delete", table: "message", key: idOf(n) }) as const);
    const more = [put.outbox(1), put.hole(1), put.participant(0), { op: "meta", key: "authorSeq", value: 7 } as const];
    for (const from of [0, 250, 500]) {
      await fixture.storage.commit(CHANNEL_A, range(from, from + 300).map(put.message), "relaxed");
    }
    await fixture.storage.commit(CHANNEL_A, [...deleted, ...more], "relaxed");
    for await (const storage of beforeAndAfterReload(fixture)) {
      const { messages, ...besides } = sorted(await storage.load(CHANNEL_A));
      const reading = await storage.read(CHANNEL_A, collectMessages);
      const read = sorted({ ...reading.besides, messages: [...reading.messages.values()] });
      assertEqual(read.messages, messages, "messages");
      assertEqual(read.messages.length, 797, "how many");
      assertEqual({ ...read, messages: [] }, { ...besides, messages: [] }, "the rest");
    }
  }),

  storageCase("who cannot take in what is read says so, and the storage goes on", async ({ storage }) => {
    await storage.commit(CHANNEL_A, range(0, 600).map(put.message), "relaxed");
    const refuse = (): never => {
      throw new RangeError("Too many.");
    };
    const refusing: (() => StoredMessages)[] = [refuse, () => ({ put: refuse, remove: refuse })];
    for (const begin of refusing) {
      const problem = await storage.read(CHANNEL_A, begin).catch((error: unknown) => error);
      assertTrue(problem instanceof RangeError, "the error is the reader's own");
    }
    assertEqual((await storage.load(CHANNEL_A)).messages.length, 600, "messages");
  }),

  storageCase("a closed storage says so", async ({ storage }) => {
    const running = storage.commit(CHANNEL_A, [put.message(1)], "strict");
    await storage.close();
    await running;
    await storage.close();
    const calls: (() => Promise<unknown>)[] = [
      () => storage.load(CHANNEL_A),
      () => storage.read(CHANNEL_A, collectMessages),
      () => storage.commit(CHANNEL_A, [], "relaxed"),
      () => storage.readBodies(CHANNEL_A, [idOf(1)]),
      () => storage.readLedger(CHANNEL_A, 0, 1),
      () => storage.readLedgerOf(CHANNEL_A, idOf(1)),
      () => storage.readSummaries(CHANNEL_A, [1]),
      () => storage.firstSummary(CHANNEL_A),
      () => storage.readDays(CHANNEL_A, 0),
      () => storage.drop(CHANNEL_A),
      () => storage.listDevice(),
    ];
    for (const call of calls) {
      const error = await assertRejects(call(), String(call));
      assertTrue(
        error instanceof StorageError && error.code === "closed",
        `expected StorageError closed, got ${error}`,
      );
    }
  }),
];
