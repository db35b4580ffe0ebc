import { asMessageId } from "../../sds/wire/ids.ts";
import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import type { ChannelClient, ChannelStatus, LogItem, LogPosition, StoredView } from "../api/channel-client.ts";
import { MAX_NEWEST_STORED, MAX_PAGE } from "../api/limits.ts";
import {
  type ContractCase,
  chats,
  chatsWhen,
  clientCase,
  expectCode,
  hostCase,
  QUICK,
  record,
  say,
  until,
} from "./contract-fixture.ts";

const NOWHERE = asMessageId("f".repeat(64));

const HAS_LEFT = new Set<string>(["sent", "stored"]);

/** The whole log by pages of `limit`, newest page first, put together in log order. */
async function readByPages(client: ChannelClient, limit: number): Promise<LogItem[]> {
  const { page } = await client.snapshot(limit);
  let entries: readonly LogItem[] = page.entries;
  let { more } = page;
  while (more) {
    const [first] = entries;
    if (first === undefined) throw new Error("There is more before an empty page.");
    const older = await client.page({ lamport: first.lamport, id: first.id }, limit);
    assertTrue(older.entries.length > 0 && older.entries.length <= limit, `a page of ${older.entries.length} entries`);
    entries = [...older.entries, ...entries];
    more = older.more;
  }
  return [...entries];
}

const isBefore = (a: LogPosition, b: LogPosition): boolean =>
  a.lamport < b.lamport || (a.lamport === b.lamport && a.id < b.id);

/** Reading: snapshot, pages, details. */
export const historyCases: readonly ContractCase[] = [
  clientCase("a snapshot says what the channel is and who is in it", async ({ ada, ben, channel }) => {
    const [here, there] = [await ada.snapshot(), await ben.snapshot()];
    assertEqual([ada.channelId, ben.channelId], [channel.id, channel.id], "channel ids of the clients");
    const { id, name, profile, inviteCode } = here.channel;
    assertEqual({ id, name, profile }, { id: channel.id, name: QUICK.name, profile: QUICK.profile }, "the channel");
    assertEqual(inviteCode, channel.inviteCode, "the invite");
    assertTrue(here.me !== there.me, "two devices are two participants");
    const names = (snapshot: typeof here) => snapshot.participants.map((each) => `${each.name} ${each.me}`).sort();
    assertEqual(names(here), ["Ada true", "Ben false"], "participants here");
    assertEqual(names(there), ["Ada false", "Ben true"], "participants there");
    assertEqual(new Set(here.participants.map(({ index }) => index)).size, 2, "indices");
    assertEqual(here.participants.find(({ me }) => me)?.id, here.me, "me among the participants");
  }),

  hostCase("who joins sees the newest of the Store while the past is read, and then the log alone", async (pair) => {
    const channel = await pair.host.create(QUICK);
    const ada = pair.host.open(channel.id);
    const MANY = 120;
    for (let number = 0; number < MANY; number++) await say(ada, `said ${number}`);
    await until("all left", async () => {
      const { entries } = (await ada.snapshot(MAX_PAGE)).page;
      return entries.every((entry) => entry.kind === "message" && HAS_LEFT.has(entry.delivery.state.kind));
    });
    await pair.other.join({ invite: channel.inviteCode, displayName: "Ben" });
    const ben = pair.other.open(channel.id);
    const told: ChannelStatus["reading"][] = [];
    let newest: readonly StoredView[] = [];
    const stop = ben.watchStatus(({ reading }) => {
      told.push(reading);
      if (reading !== null && reading.newest > 0 && newest.length === 0) {
        void ben.newestStored().then((found) => {
          if (found.length > 0) newest = found;
        });
      }
    });
    await chatsWhen(ben, MANY);
    await until("the history was read", () => told.length > 0 && told.at(-1) === null);
    stop();
    assertEqual(newest.at(-1)?.text, `said ${MANY - 1}`, "the newest that was seen");
    assertEqual(newest.length, Math.min(MAX_NEWEST_STORED, newest.length), "how many were seen");
    assertTrue(
      newest.every(({ mine, signed, textKept }) => !mine && signed && textKept),
      "whose they are",
    );
    const log = await chats(ben);
    for (const seen of newest) {
      const { delivery: _receipts, ...said } = log.find(({ id }) => id === seen.id) ?? { delivery: null };
      if (seen.type === "chat") assertEqual(said, { kind: "message", ...seen }, "what was seen, in the log");
    }
    assertEqual(JSON.parse(JSON.stringify(newest)), newest, "what came back from JSON");
    assertEqual(await ben.newestStored(), [], "what is left when the log has it");
    // None of it counts before it is in the log, and then once.
    assertEqual((await ben.snapshot()).unread, MANY, "unread");
    ada.close();
    ben.close();
  }),

  clientCase("everything shown is plain data, the same after JSON", async ({ ada, ben }) => {
    await say(ada, "plain", "r1");
    await chatsWhen(ben, 1);
    const [message] = await chats(ben);
    const details = message && (await ben.details(message.id));
    const shown = { snapshot: await ben.snapshot(), details };
    assertEqual(JSON.parse(JSON.stringify(shown)), shown, "what came back from JSON");
  }),

  clientCase("pages lead back through the whole log: nothing twice, nothing left out", async ({ ada, ben }) => {
    for (let index = 0; index < 12; index++) await say(index % 3 === 0 ? ben : ada, `line ${index}`);
    for (const client of [ada, ben]) {
      await chatsWhen(client, 12);
      const whole = (await client.snapshot(500)).page;
      assertEqual(whole.more, false, "more before the whole log");
      const ids = whole.entries.map(({ id }) => id);
      assertTrue(
        whole.entries.every((entry, at) => at === 0 || isBefore(whole.entries[at - 1] ?? entry, entry)),
        "order",
      );
      for (const limit of [1, 2, 5, 500]) {
        assertEqual(
          (await readByPages(client, limit)).map(({ id }) => id),
          ids,
          `read by pages of ${limit}`,
        );
      }
      const first = whole.entries[0];
      if (first === undefined) throw new Error("The log is empty.");
      assertEqual(await client.page(first, 10), { entries: [], more: false }, "the page before the first entry");
    }
    assertEqual(
      (await chats(ada)).map(({ id }) => id),
      (await chats(ben)).map(({ id }) => id),
      "one order for both",
    );
  }),

  clientCase("a message is received by the other on its word, and the details say how", async ({ ada, ben }) => {
    const { id } = await say(ada, "hearback?", "r1");
    await chatsWhen(ben, 1);
    const { me } = await ben.snapshot();
    const received = await until("Received by all 1", async () => {
      const [message] = await chats(ada);
      return message?.delivery.state.kind === "everyone" && message;
    });
    assertEqual(received.delivery.state, { kind: "everyone", n: 1 }, "state");
    assertEqual([received.delivery.received, received.delivery.audience], [[me], [me]], "who has it of whom");
    const details = await ada.details(id);
    assertEqual(
      [details.id, details.lamport, details.composedAt],
      [id, received.lamport, received.composedAt],
      "facts",
    );
    assertEqual(details.delivery, received.delivery, "delivery in the details");
    assertEqual(
      details.evidence.map((each) => [each.participant, each.signed]),
      [[me, true]],
      "evidence",
    );
    assertEqual(details.attempts.map(({ attempt, outcome }) => [attempt, outcome])[0], [1, "taken"], "first attempt");
    assertTrue(details.bytes > 100 && details.bytes < 2_000, `${details.bytes} bytes for a short text`);
  }),

  clientCase("what is not there is not found, and what is not mine cannot be sent", async ({ ada, ben }) => {
    await expectCode(ada.details(NOWHERE), "not-found", "details");
    await expectCode(ada.sendAgain(NOWHERE), "not-found", "send again");
    await expectCode(ada.stopSending(NOWHERE), "not-found", "stop sending");
    const { id } = await say(ben, "mine", "r1");
    await chatsWhen(ada, 1);
    await expectCode(ada.sendAgain(id), "invalid", "send another's message again");
    await expectCode(ada.stopSending(id), "invalid", "stop another's message");
    await ben.sendAgain(id);
    await ben.stopSending(id);
    assertEqual((await chats(ada)).length, 1, "messages there after sending again");
  }),

  clientCase(
    "a message that left is deleted here only, for good, and others keep it",
    async ({ ada, ben, pair, channel }) => {
      const { id } = await say(ada, "regretted", "r1");
      await chatsWhen(ben, 1);
      await expectCode(ben.remove(id), "invalid", "delete another's message");
      const { events } = record(ada, (await ada.snapshot()).seq);
      await ada.remove(id);
      await ada.remove(id);
      await until("the event", () => events.some((event) => event.kind === "removed" && event.id === id));
      await say(ada, "after it", "r2");
      await chatsWhen(ben, 2);
      const second = pair.host.open(channel.id);
      assertEqual(
        (await chats(second)).map(({ text }) => text),
        ["after it"],
        "the log here",
      );
      second.close();
      assertEqual(
        (await chats(ben)).map(({ text }) => text),
        ["regretted", "after it"],
        "the log there",
      );
      await expectCode(ada.details(id), "not-found", "details of what was deleted");
    },
  ),

  clientCase("a closed client says so, and the channel goes on", async ({ pair, ada, channel }) => {
    const second = pair.host.open(channel.id);
    second.close();
    second.close();
    await expectCode(second.snapshot(), "closed", "snapshot");
    await expectCode(say(second, "late", "r1"), "closed", "send");
    await expectCode(second.details(NOWHERE), "closed", "details");
    await expectCode(second.markRead({ lamport: 0, id: NOWHERE }), "closed", "mark read");
    await say(ada, "still here", "r2");
    assertEqual(
      (await chats(ada)).map(({ text }) => text),
      ["still here"],
      "the log",
    );
  }),
];
