import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import {
  assertGapless,
  type ContractCase,
  chatsWhen,
  clientCase,
  type Recording,
  record,
  say,
  until,
} from "./contract-fixture.ts";

const isTold = (text: string) => (recording: Recording) =>
  recording.events.some(
    (event) => event.kind === "entry" && event.entry.kind === "message" && event.entry.text === text,
  );

/** Events: in order, without gaps, from any place on. */
export const eventCases: readonly ContractCase[] = [
  clientCase("events are replayed from any sequence number, also from 0, and go on live", async ({ ada, ben }) => {
    for (let index = 0; index < 4; index++) await say(index % 2 ? ben : ada, `line ${index}`);
    await chatsWhen(ada, 4);
    const { seq: now } = await ada.snapshot();
    assertTrue(now > 4, `sequence number ${now} after four messages`);
    const recordings = Array.from({ length: now + 1 }, (_, afterSeq) => ({ afterSeq, ...record(ada, afterSeq) }));
    const { id } = await say(ada, "live", "live");
    for (const { afterSeq, events } of recordings) {
      await until(`the new message for who subscribed after ${afterSeq}`, () =>
        events.some((event) => event.kind === "entry" && event.entry.id === id),
      );
      assertGapless(events, afterSeq);
    }
    const all = recordings[0]?.events ?? [];
    const entries = all.flatMap((event) => (event.kind === "entry" ? [event.entry.id] : []));
    const page = (await ada.snapshot(500)).page.entries.map((entry) => entry.id);
    assertEqual([...new Set(entries)].sort(), [...page].sort(), "entries told by replay against the log");
  }),

  clientCase("events have no gaps while both write, and end where the snapshot is", async ({ ada, ben }) => {
    const { seq } = await ada.snapshot();
    const { events } = record(ada, seq);
    await Promise.all(Array.from({ length: 20 }, (_, index) => say(index % 2 ? ada : ben, `line ${index}`)));
    await chatsWhen(ada, 20);
    const after = await ada.snapshot();
    await until("the events up to the snapshot", () => (events.at(-1)?.seq ?? 0) >= after.seq);
    assertGapless(events, seq);
  }),

  clientCase("a snapshot and the events behind it miss nothing", async ({ ada, ben }) => {
    const writing = Promise.all(Array.from({ length: 30 }, (_, index) => say(ben, `line ${index}`)));
    for (let round = 0; round < 5; round++) {
      const { seq, page } = await ada.snapshot(500);
      const known = new Set(page.entries.map(({ id }) => id));
      const { events, stop } = record(ada, seq);
      await until("all lines, in the snapshot or as events", () => {
        for (const event of events) if (event.kind === "entry") known.add(event.entry.id);
        // Two people introduced themselves before.
        return known.size >= 32;
      });
      assertGapless(events, seq);
      stop();
    }
    await writing;
  }),

  clientCase("delivery is told by events as the log shows it", async ({ ada, ben }) => {
    const { seq } = await ada.snapshot();
    const { events } = record(ada, seq);
    const { id } = await say(ada, "hearback?", "r1");
    await chatsWhen(ben, 1);
    const last = await until("the event that all received it", () => {
      const updates = events.flatMap((event) => (event.kind === "delivery" ? event.updates : []));
      return updates.find((update) => update.id === id && update.delivery.state.kind === "everyone") ?? null;
    });
    const { page } = await ada.snapshot();
    const entry = page.entries.find((each) => each.id === id);
    assertEqual(entry?.kind === "message" && entry.delivery, last.delivery, "delivery in the log");
  }),

  clientCase("who asks for events beyond the end is told to start over", async ({ ada }) => {
    const { seq } = await ada.snapshot();
    const { events } = record(ada, seq + 1_000);
    await until("an event", () => events.length > 0);
    const [reset] = events;
    assertEqual(reset?.kind, "reset", "the first event");
    assertTrue((reset?.seq ?? 0) >= seq && (reset?.seq ?? 0) < seq + 1_000, `a reset at ${reset?.seq} after ${seq}`);
    await say(ada, "go on", "r1");
    await until("the events after it", () => events.some(({ kind }) => kind === "entry"));
    assertGapless(events.slice(1), reset?.seq ?? 0);
  }),

  clientCase(
    "unsubscribing stops one listener at once, closing the client stops all",
    async ({ pair, ada, channel }) => {
      const { seq } = await ada.snapshot();
      const [first, second] = [record(ada, seq), record(ada, seq)];
      const elsewhere = pair.host.open(channel.id);
      const third = record(elsewhere, seq);
      await say(ada, "for all", "r1");
      await until("the events of all", () => [first, second, third].every(({ events }) => events.length > 0));
      first.stop();
      first.stop();
      const heardByFirst = first.events.length;
      await say(ada, "without the first", "r2");
      await until("the events of the others", () => [second, third].every(isTold("without the first")));
      assertEqual(first.events.length, heardByFirst, "events after unsubscribing");
      ada.close();
      const heardBySecond = second.events.length;
      await say(elsewhere, "without the second", "r3");
      await until("the events of the third", () => isTold("without the second")(third));
      await say(elsewhere, "and after that", "r4");
      await until("what comes behind it", () => isTold("and after that")(third));
      assertEqual(second.events.length, heardBySecond, "events after closing");
      assertGapless(third.events, seq);
      elsewhere.close();
    },
  ),

  clientCase("a listener may unsubscribe while it is called", async ({ ada }) => {
    const { seq } = await ada.snapshot();
    let calls = 0;
    const stop = ada.subscribe(seq, () => {
      calls++;
      stop();
    });
    const witness = record(ada, seq);
    for (const text of ["one", "two", "three"]) await say(ada, text);
    await until("all of it for who stayed", () => isTold("three")(witness));
    assertEqual(calls, 1, "calls");
  }),

  clientCase("two clients of one channel see the same", async ({ pair, ada, ben, channel }) => {
    const second = pair.host.open(channel.id);
    const recordings = [record(ada, 0), record(second, 0)];
    await say(ada, "from the first", "r1");
    await say(second, "from the second", "r2");
    await say(ben, "from elsewhere", "r1");
    const logs = await Promise.all([ada, second].map((client) => chatsWhen(client, 3)));
    assertEqual(
      logs.map((log) => log.map(({ text }) => text)),
      [logs[0], logs[0]].map((log) => log?.map(({ text }) => text)),
      "the logs",
    );
    for (const { events } of recordings) {
      await until("three entries as events", () => {
        const texts = events.flatMap((event) =>
          event.kind === "entry" && event.entry.kind === "message" ? [event.entry.text] : [],
        );
        return ["from the first", "from the second", "from elsewhere"].every((text) => texts.includes(text));
      });
      assertGapless(events, 0);
    }
    second.close();
  }),
];
