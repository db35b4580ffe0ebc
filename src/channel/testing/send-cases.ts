import { asMessageId } from "../../sds/wire/ids.ts";
import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import type { ChannelClient, ChannelEvent } from "../api/channel-client.ts";
import { MAX_REQUEST_ID_LENGTH, MAX_TEXT_BYTES } from "../api/limits.ts";
import {
  assertGapless,
  type ContractCase,
  chats,
  chatsWhen,
  clientCase,
  expectCode,
  record,
  say,
  until,
} from "./contract-fixture.ts";

const idsOfEntries = (events: readonly ChannelEvent[]): string[] =>
  events.flatMap((event) => (event.kind === "entry" && event.entry.kind === "message" ? [event.entry.id] : []));

const idsInLog = async (client: ChannelClient) => (await client.snapshot(500)).page.entries.map(({ id }) => id);

/** Sending: accepted once, or refused and nothing kept. */
export const sendCases: readonly ContractCase[] = [
  clientCase("a message that was sent is in the log and in the events exactly once, on both sides", async (meeting) => {
    const { ada, ben } = meeting;
    const { seq } = await ada.snapshot();
    const [here, there] = [record(ada, seq), record(ben, (await ben.snapshot()).seq)];
    const text = "Grüße 👋\nסלום \u0000 end ";
    const { id } = await say(ada, text, "r1");
    assertEqual(
      (await chats(ada)).map((message) => message.id),
      [id],
      "the log right after send",
    );
    const [received] = await chatsWhen(ben, 1);
    assertEqual([received?.id, received?.text, received?.mine], [id, text, false], "what the other has");
    await until("the event here", () => idsOfEntries(here.events).length > 0);
    await until("the event there", () => idsOfEntries(there.events).length > 0);
    // What is said later comes behind whatever else is told of the first.
    const { id: later } = await say(ada, "later", "r2");
    for (const { events } of [here, there]) await until("the later event", () => idsOfEntries(events).includes(later));
    assertEqual(idsOfEntries(here.events), [id, later], "entry events here");
    assertEqual(idsOfEntries(there.events), [id, later], "entry events there");
  }),

  clientCase("the same request id sends once, one after the other and at the same time", async ({ ada, ben }) => {
    const first = await say(ada, "once", "r1");
    const again = await say(ada, "once", "r1");
    const both = await Promise.all([say(ada, "twice", "r2"), say(ada, "twice", "r2")]);
    assertEqual(again.id, first.id, "id of the repetition");
    assertEqual(both[1].id, both[0].id, "id of the simultaneous repetition");
    // It builds on all that was said before, so it comes last.
    const { id: last } = await say(ada, "last", "r3");
    await until("the last one there", async () => (await idsInLog(ben)).includes(last));
    for (const client of [ada, ben]) {
      assertEqual(
        (await chats(client)).map(({ text }) => text),
        ["once", "twice", "last"],
        "the log",
      );
    }
  }),

  clientCase("a request id stands for one message: other content under it is refused", async ({ ada, ben }) => {
    const first = await say(ada, "hello", "hello");
    await expectCode(say(ada, "how are you?", "hello"), "invalid", "another text");
    const other = { requestId: "hello", type: "chat", text: "hello" } as const;
    await expectCode(ada.send({ ...other, type: "announcement" }), "invalid", "another type");
    await expectCode(ada.send({ ...other, levelPercent: 50 }), "invalid", "another share");
    const both = await Promise.allSettled([say(ada, "this", "r2"), say(ada, "that", "r2")]);
    assertEqual(
      both.map(({ status }) => status),
      ["fulfilled", "rejected"],
      "two texts at the same time",
    );
    assertEqual((await ada.send(other)).id, first.id, "the same once more");
    await say(ada, "how are you?", "r3");
    assertEqual(
      (await chatsWhen(ben, 3)).map(({ text }) => text),
      ["hello", "this", "how are you?"],
      "what the other has",
    );
  }),

  clientCase("what nothing names cannot be fetched", async ({ ada }) => {
    await expectCode(ada.fetchAgain(asMessageId("f".repeat(64))), "not-found", "an id of nothing");
    const { id } = await say(ada, "here", "r1");
    await ada.fetchAgain(id);
  }),

  clientCase("the same words twice are two messages", async ({ ada, ben }) => {
    const ids = [await say(ada, "ok", "r1"), await say(ada, "ok", "r2"), await say(ben, "ok", "r1")].map(
      ({ id }) => id,
    );
    assertEqual(new Set(ids).size, 3, "number of ids");
    await chatsWhen(ada, 3);
    assertEqual((await chatsWhen(ben, 3)).map(({ id }) => id).sort(), [...ids].sort(), "what the other has");
  }),

  clientCase("an empty message is refused, and nothing is kept", async ({ ada, ben }) => {
    const before = await idsInLog(ada);
    await expectCode(say(ada, "", "r1"), "empty", "no text");
    await expectCode(say(ada, " \n\t ", "r1"), "empty", "only white space");
    assertEqual(await idsInLog(ada), before, "the log, introductions included");
    const { id } = await say(ada, "now with text", "r1");
    assertEqual(
      (await chatsWhen(ben, 1)).map(({ text }) => text),
      ["now with text"],
      "the request id is still free",
    );
    // Whatever had been accepted before it is before it in every log.
    for (const client of [ada, ben]) assertEqual(await idsInLog(client), [...before, id], "the log after it");
  }),

  //= protocol: WIRE-18
  clientCase("a message that is too long is refused, and nothing is kept", async ({ ada, ben }) => {
    const before = await idsInLog(ada);
    await expectCode(say(ada, "x".repeat(MAX_TEXT_BYTES + 1), "r1"), "too-large", "one byte too long");
    await expectCode(say(ada, "é".repeat(MAX_TEXT_BYTES / 2 + 1), "r2"), "too-large", "counted in bytes");
    await expectCode(say(ada, "x".repeat(2_000_000), "r3"), "too-large", "far too long");
    assertEqual(await idsInLog(ada), before, "the log, introductions included");
    assertEqual(await chats(ada), [], "the log");
    const { id } = await say(ada, "short", "r1");
    assertEqual(
      (await chatsWhen(ben, 1)).map(({ text }) => text),
      ["short"],
      "what the other has",
    );
    for (const client of [ada, ben]) assertEqual(await idsInLog(client), [...before, id], "the log after it");
  }),

  clientCase("the longest text allowed arrives whole", async ({ ada, ben }) => {
    const text = "ü".repeat(MAX_TEXT_BYTES / 2);
    await say(ada, text, "r1");
    const [received] = await chatsWhen(ben, 1);
    assertTrue(received?.text === text, "the text differs");
  }),

  clientCase("a request id has 1 to 64 characters", async ({ ada }) => {
    await expectCode(say(ada, "hi", ""), "invalid", "no id");
    await expectCode(say(ada, "hi", "r".repeat(MAX_REQUEST_ID_LENGTH + 1)), "invalid", "65 characters");
    await say(ada, "hi", "r".repeat(MAX_REQUEST_ID_LENGTH));
    assertEqual((await chats(ada)).length, 1, "messages in the log");
  }),

  clientCase("a burst of 100 is accepted whole and keeps the order of the calls", async ({ ada, ben }) => {
    const { seq } = await ada.snapshot();
    const { events } = record(ada, seq);
    const texts = Array.from({ length: 100 }, (_, index) => `burst ${index}`);
    const sent = await Promise.all(texts.map((text) => say(ada, text)));
    assertEqual(
      (await chats(ada)).map(({ text }) => text),
      texts,
      "the log here",
    );
    assertEqual(
      (await chatsWhen(ben, 100)).map(({ id }) => id),
      sent.map(({ id }) => id),
      "the log there",
    );
    await until("all entries as events", () => idsOfEntries(events).length >= 100);
    assertGapless(events, seq);
    assertEqual(
      idsOfEntries(events),
      sent.map(({ id }) => id),
      "entry events",
    );
  }),

  clientCase("a message may ask for a share of its own, from 1 to 100", async ({ ada, ben }) => {
    const send = (levelPercent: number) =>
      ada.send({ requestId: "r1", type: "chat", text: "all of you", levelPercent });
    for (const percent of [0, 101, 1.5, -1]) await expectCode(send(percent), "invalid", `${percent} %`);
    assertEqual(await chats(ada), [], "the log after refusals");
    const { id } = await send(100);
    await chatsWhen(ben, 1);
    await until("the receipt", async () => (await ada.details(id)).delivery.state.kind === "everyone");
  }),

  clientCase("an announcement keeps its type", async ({ ada, ben }) => {
    await ada.send({ requestId: "r1", type: "announcement", text: "Meeting at nine" });
    const [received] = await chatsWhen(ben, 1);
    assertEqual([received?.type, received?.text], ["announcement", "Meeting at nine"], "what the other has");
  }),
];
