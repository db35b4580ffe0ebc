import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { Change } from "../../sds/io/records.ts";
import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import { CHANNEL_A, put } from "../../storage/testing/samples.ts";
import type { ChannelParts } from "../channel.ts";
import { openChannel } from "../channel.ts";
import { createCommitQueue } from "../disk/commit-queue.ts";
import { createDiskSpace } from "../disk/disk-space.ts";
import { createHostWith } from "../host/host.ts";
import { createOutbound } from "../sending/outbound.ts";
import { expectCode, QUICK, until } from "./contract-fixture.ts";
import { holdEncryption } from "./held-encryption.ts";
import {
  createHeldDisk,
  createRecordingTransport,
  type OrderBench,
  openOrderBench,
  passUntil,
  settle,
} from "./order-fixture.ts";

/** Of docs/architecture.md, "Order". */
export type OrderRule = "O1" | "O2" | "O3" | "O4" | "O5" | "O6" | "O7";

export interface OrderCase {
  readonly rule: OrderRule;
  readonly name: string;
  /** Throws an `Error` with words when a channel of these parts breaks the rule. */
  run(parts: Partial<ChannelParts>): Promise<void>;
}

const chat = (text: string) => ({ requestId: text, type: "chat", text }) as const;

/** Said, stepped and given to the disk, which holds it back. */
async function sayHeld(bench: OrderBench, text: string) {
  const { channel, disk } = bench;
  disk.hold();
  const before = disk.begun.length;
  let outcome = "open";
  const sent = channel.send(chat(text)).then(
    () => {
      outcome = "sent";
    },
    ({ code }) => {
      outcome = String(code);
    },
  );
  await until("the commit", () => disk.begun.length > before);
  return { sent, outcome: () => outcome };
}

const isComposed = (change: Change): boolean => change.op === "put" && change.table === "body";

/** Where in all that is written is the last change of this kind; -1: nowhere. */
const lastPlace = (changes: readonly Change[], test: (change: Change) => boolean): number =>
  changes.reduce((last, change, at) => (test(change) ? at : last), -1);

export const orderCases: readonly OrderCase[] = [
  {
    rule: "O1",
    name: "a message leaves, and its send resolves, only when it is written",
    run: async (parts) => {
      const bench = await openOrderBench(parts);
      const { channel, disk, transport } = bench;
      await settle();
      const before = transport.published.length;
      const { sent, outcome } = await sayHeld(bench, "one");
      await settle();
      assertEqual([transport.published.length, outcome()], [before, "open"], "published, and what became of the send");
      disk.release();
      await sent;
      assertEqual(outcome(), "sent", "what became of the send");
      await until("that it leaves", () => transport.published.length > before);
      await channel.close();
    },
  },
  {
    rule: "O1",
    name: "a sync leaves only when all before it is on disk",
    run: async (parts) => {
      const { channel, disk, transport, clock, log } = await openOrderBench(parts);
      disk.hold();
      const marked = channel.dispatch({ kind: "marked-read", lamport: clock.now() });
      const before = transport.published.length;
      await clock.advanceSettled(30_000);
      await settle();
      assertEqual(transport.published.length, before, "published while the commit was held");
      log.length = 0;
      disk.release();
      await marked;
      await until("the sync", () => transport.published.length > before);
      const untilThen = log.slice(0, log.indexOf("publish")).filter((what) => what === "commit").length;
      assertTrue(
        disk.done.slice(-untilThen).some(({ durability }) => durability === "strict"),
        "a barrier before the sync",
      );
      await channel.close();
    },
  },
  {
    rule: "O2",
    name: "what happened is told only when it is written, in the order of the ledger, without gaps",
    run: async (parts) => {
      const bench = await openOrderBench(parts);
      const { channel, disk, log } = bench;
      await settle();
      const from = channel.events.lastSeq();
      const seqs: number[] = [];
      channel.events.subscribe(from, ({ seq }) => seqs.push(seq));
      log.length = 0;
      const { sent } = await sayHeld(bench, "one");
      await settle();
      assertEqual([log, seqs], [[], []], "what was told while the commit was held");
      disk.release();
      await sent;
      await channel.send(chat("two"));
      await until("the events", () => seqs.length >= 4);
      assertEqual(
        seqs,
        seqs.map((_, index) => from + 1 + index),
        "sequence numbers",
      );
      await channel.close();
    },
  },
  {
    rule: "O3",
    name: "commits keep the order of steps",
    run: async (parts) => {
      const { channel, disk, clock } = await openOrderBench(parts);
      await settle();
      const marks = [1, 2, 3].map((more) => clock.now() + more);
      await Promise.all(marks.map((lamport) => channel.dispatch({ kind: "marked-read", lamport })));
      const written = disk.done.flatMap(({ changes }) =>
        changes.flatMap((change) => (change.op === "meta" && change.key === "lastReadLamport" ? [change.value] : [])),
      );
      assertEqual(written.slice(-3), marks, "places up to which was read, as written");
      await channel.close();
    },
  },
  {
    rule: "O3",
    name: "a strict commit stays strict among relaxed ones",
    run: async (parts) => {
      const bench = await openOrderBench(parts);
      const { channel, disk, clock } = bench;
      await settle();
      disk.hold();
      // In flight, so that all that follows is one group.
      const first = channel.dispatch({ kind: "marked-read", lamport: clock.now() + 1 });
      const sent = channel.send(chat("one"));
      const before = channel.dispatch({ kind: "marked-read", lamport: clock.now() + 2 });
      await until("that it is composed", () => channel.state.log.lastOwn !== null);
      const behind = channel.dispatch({ kind: "marked-read", lamport: clock.now() + 3 });
      disk.release();
      await Promise.all([first, sent, before, behind]);
      const group = disk.done.filter(({ changes }) => changes.some(isComposed));
      assertEqual(
        group.map(({ durability }) => durability),
        ["strict"],
        "the group with the message",
      );
      assertTrue(
        group.some(
          ({ changes }) =>
            changes.filter((change) => change.op === "meta" && change.key === "lastReadLamport").length === 2,
        ),
        "relaxed ones before and behind are in the group",
      );
      await channel.close();
    },
  },
  {
    rule: "O3",
    name: "an empty strict commit is a barrier for the relaxed ones before it",
    run: async ({ createCommitQueue: create = createCommitQueue }) => {
      const { storage, done } = createHeldDisk(() => {});
      const queue = create({
        ...{ storage, channel: CHANNEL_A, space: createDiskSpace(createVirtualClock(0)), bodiesSince: () => 0 },
        ...{ ending: new AbortController().signal, onFailure: () => {} },
      });
      await queue.commit([put.message(1)], "relaxed");
      await queue.commit([], "strict");
      assertEqual(
        done.map(({ durability }) => durability),
        ["relaxed", "strict"],
        "commits",
      );
    },
  },
  {
    rule: "O4",
    name: "the place up to which the Store was read is written behind all that was read",
    run: async (parts) => {
      const { channel, disk, clock } = await openOrderBench(parts, true);
      const all = (): Change[] => disk.done.flatMap(({ changes }) => changes);
      const isCursor = (change: Change) => change.op === "meta" && change.key === "historyCursor";
      const isClaim = (change: Change) =>
        change.op === "put" && change.table === "participant" && change.record.claims.length > 0;
      await passUntil("cursor and claim", clock, () => all().some(isCursor) && all().some(isClaim));
      const places = [isComposed, isClaim].map((test) => lastPlace(all(), test));
      const cursor = all().findIndex(isCursor);
      assertTrue(
        places.every((place) => place >= 0 && place < cursor),
        `message and claim are written at ${places.join(" and ")}, the cursor at ${cursor}`,
      );
      await channel.close();
    },
  },
  {
    rule: "O5",
    name: "closing waits for what is being written, nothing of which leaves any more",
    run: async (parts) => {
      const bench = await openOrderBench(parts);
      const { channel, disk, transport, log } = bench;
      await settle();
      const before = transport.published.length;
      await sayHeld(bench, "one");
      log.length = 0;
      const close = () => channel.close().then(() => void log.push("closed"));
      const closed = Promise.all([close(), close()]);
      await expectCode(channel.dispatch({ kind: "wake" }), "closed", "an input after closing");
      await settle();
      assertEqual(log, [], "while the commit is held");
      disk.release();
      await closed;
      await settle();
      assertEqual(log.slice(0, 2), ["commit", "closed"], "in order");
      assertEqual(transport.published.length, before, "published");
    },
  },
  {
    rule: "O5",
    name: "what is being encrypted when the channel is closed does not leave",
    run: async (parts) => {
      const held = holdEncryption();
      const outbound = parts.createOutbound ?? createOutbound;
      const { channel, transport } = await openOrderBench({
        ...parts,
        createOutbound: (options) => outbound({ ...options, encrypt: held.encrypt }),
      });
      await settle();
      const begunBefore = held.begun();
      const passing = channel.sendEphemeral({ type: "status", text: "is writing" });
      await channel.send(chat("one"));
      await settle();
      const closed = channel.close();
      held.release();
      await expectCode(passing, "not-sent", "what was said in passing");
      await closed;
      await settle();
      assertTrue(held.begun() >= begunBefore + 2, "neither message had begun to be encrypted");
      assertEqual(transport.published, [], "published");
    },
  },
  {
    rule: "O5",
    name: "a closed channel leaves no timer and tells nothing more",
    run: async (parts) => {
      const { channel, clock, log } = await openOrderBench(parts, true);
      await channel.send(chat("one"));
      await passUntil("a read, and plans for later", clock, () => channel.state.log.entries.size === 3);
      channel.events.subscribe(0, () => log.push("event"));
      await channel.close();
      log.length = 0;
      await settle();
      assertEqual([clock.pending, log], [0, []], "timers, and what was told");
    },
  },
  {
    rule: "O6",
    name: "a channel that is left is dropped, and a host's storage closed, only when the channel is closed",
    run: async (parts) => {
      for (const end of ["drop", "close"] as const) {
        const log: string[] = [];
        const disk = createHeldDisk((what) => log.push(what));
        const transport = createRecordingTransport(() => {});
        const clock = createVirtualClock(1_800_000_000_000);
        const host = createHostWith((options) => openChannel(options, parts), {
          ...{ storage: disk.storage, openTransport: () => transport, clock },
        });
        const { id } = await host.create(QUICK);
        await settle();
        disk.hold();
        const begun = disk.begun.length;
        const sent = host.open(id).send(chat("one"));
        await until("the commit", () => disk.begun.length > begun);
        log.length = 0;
        const ended = end === "drop" ? host.leave(id) : host.close();
        await settle();
        assertEqual(log, [], "while the commit is held");
        disk.release();
        await Promise.all([sent, ended]);
        assertEqual(log.slice(0, 2), ["commit", end], "in order");
        if (end === "drop") assertEqual((await disk.storage.load(id)).messages, [], "messages of what was left");
        await host.close();
      }
    },
  },
  {
    rule: "O7",
    name: "of what could not be written nothing is told or leaves, nothing is written behind it, and the channel stops",
    run: async (parts) => {
      const bench = await openOrderBench(parts);
      const { channel, disk, transport, log, clock } = bench;
      await settle();
      const before = transport.published.length;
      const { sent, outcome } = await sayHeld(bench, "one");
      const behind = channel.dispatch({ kind: "marked-read", lamport: clock.now() }).catch(() => {});
      const begun = disk.begun.length;
      log.length = 0;
      disk.refuse();
      disk.release();
      await Promise.all([sent, behind]);
      await settle();
      assertEqual([outcome(), log, transport.published.length], ["storage", [], before], "what came of it");
      assertEqual(disk.begun.length, begun, "commits begun");
      await expectCode(channel.send(chat("two")), "storage", "a send behind it");
      assertEqual(disk.begun.length, begun, "commits begun since it stopped");
      let problem = "";
      channel.status.watch(({ storageProblem }) => {
        problem = storageProblem;
      });
      assertEqual(problem, "The disk is broken.", "the problem in the status");
      await channel.close();
    },
  },
];
