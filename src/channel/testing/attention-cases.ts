import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import type { ChannelStatus } from "../api/channel-client.ts";
import { type ContractCase, chatsWhen, clientCase, expectCode, record, say, until } from "./contract-fixture.ts";

/** Unread counts and status. */
export const attentionCases: readonly ContractCase[] = [
  clientCase("what others wrote is unread until it is marked read", async ({ ada, ben }) => {
    assertEqual((await ada.snapshot()).unread, 0, "unread at first");
    await say(ada, "my own", "r0");
    for (const text of ["one", "two", "three"]) {
      await say(ben, text);
      await chatsWhen(ada, ["one", "two", "three"].indexOf(text) + 2);
    }
    assertEqual((await ada.snapshot()).unread, 3, "unread after three messages of another");
    const log = await chatsWhen(ada, 4);
    const [, one, , three] = log;
    if (one === undefined || three === undefined) throw new Error("The log is too short.");
    await ada.markRead({ lamport: one.lamport, id: one.id });
    assertEqual((await ada.snapshot()).unread, 2, "unread after marking the first");
    await ada.markRead({ lamport: three.lamport, id: three.id });
    assertEqual((await ada.snapshot()).unread, 0, "unread after marking the last");
    await ada.markRead({ lamport: one.lamport, id: one.id });
    assertEqual((await ada.snapshot()).unread, 0, "unread after marking an older place");
  }),

  clientCase("an entry event carries the unread count", async ({ ada, ben }) => {
    const { seq } = await ada.snapshot();
    const { events } = record(ada, seq);
    await say(ben, "look", "r1");
    const event = await until("the entry", () => events.find(({ kind }) => kind === "entry") ?? null);
    assertEqual(event.kind === "entry" && event.unread, 1, "unread in the event");
  }),

  clientCase("the status is told at once to each who watches", async ({ ada }) => {
    const seen: ChannelStatus[][] = [[], []];
    const stops = seen.map((list) => ada.watchStatus((status) => list.push(status)));
    for (const list of seen) {
      const status = await until(
        "an online status",
        () => list.find(({ connection }) => connection === "online") ?? null,
      );
      assertTrue(status.peers >= 1, `${status.peers} peers while online`);
      assertEqual(status.storageProblem, "", "storage problem");
    }
    const late: ChannelStatus[] = [];
    stops.push(ada.watchStatus((status) => late.push(status)));
    await until("the status of who came late", () => late.length > 0);
    let witnessed = 0;
    ada.watchStatus(() => witnessed++);
    await until("the status of who stays", () => witnessed > 0);
    for (const stop of stops) stop();
    const counts = [...seen, late].map((list) => list.length);
    const before = witnessed;
    await until("two changes of what is waiting, for who stays", async () => {
      await say(ada, "on its way", `r${Math.random()}`);
      return witnessed >= before + 2;
    });
    assertEqual(
      [...seen, late].map((list) => list.length),
      counts,
      "statuses after nobody watches",
    );
  }),

  clientCase("a person corrects the channel's clock, and takes it back", async ({ ada, ben }) => {
    const hour = 3_600_000;
    let last: ChannelStatus | null = null;
    const stop = ada.watchStatus((status) => {
      last = status;
    });
    const corrected = (): number | null => (last as ChannelStatus | null)?.clockCorrectionMs ?? null;
    await until("a status", () => corrected() !== null);
    assertEqual(corrected(), 0, "at first");
    await Promise.all([ada.correctClock(-hour), ada.correctClock(-hour)]);
    await until("the corrected clock in the status", () => corrected() === -hour);
    const before = Date.now();
    await say(ada, "an hour ago", "c1");
    const [said] = await chatsWhen(ben, 1);
    assertTrue((said?.composedAt ?? before) < before - hour / 2, "it is dated by the corrected clock");
    await expectCode(ada.correctClock(25 * hour), "invalid", "more than a day");
    await expectCode(ada.correctClock(0.5), "invalid", "parts of a millisecond");
    await ada.correctClock(0);
    await until("the device's clock in the status", () => corrected() === 0);
    stop();
  }),

  clientCase("nothing waits once the network took it", async ({ ada, ben }) => {
    let last: ChannelStatus | null = null;
    ada.watchStatus((status) => {
      last = status;
    });
    await say(ada, "go", "r1");
    await chatsWhen(ben, 1);
    await until("nothing waits", () => last?.waiting === 0);
  }),
];
