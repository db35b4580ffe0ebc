import { asMessageId } from "../../sds/wire/ids.ts";
import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import { type ChannelClient, ChannelError } from "../api/channel-client.ts";
import type { ChannelHost } from "../api/channel-host.ts";
import { MAX_ID_CHARACTERS, MAX_PAGE, MAX_TEXT_BYTES } from "../api/limits.ts";
import {
  type ContractCase,
  chats,
  chatsWhen,
  clientCase,
  expectCode,
  hostCase,
  QUICK,
  say,
  until,
} from "./contract-fixture.ts";

/** What a program without types, or one that reads its input from a person, may give for anything. */
const NO_NUMBERS = [null, Number.NaN, Number.POSITIVE_INFINITY, "1", "", {}, [], true];
const NO_TEXTS = [undefined, null, 5, Number.NaN, {}, [], true];
const NO_OBJECTS = [undefined, null, 5, "text", [], true];
const HUGE = "x".repeat(2_000_000);

function words(value: unknown): string {
  if (typeof value === "string" && value.length > 20) return `${value.length} characters`;
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200);
  } catch {
    return "what cannot be read";
  }
}

/** One call for each value, and each is refused with words of its own, not with those for a garbled message. */
async function refusesEach(what: string, values: readonly unknown[], call: (value: never) => unknown): Promise<void> {
  for (const value of values) {
    // What is thrown at once counts as well: nothing was given that could settle.
    const promise = (async () => call(value as never))();
    await expectCode(promise, "invalid", `${what}: ${words(value)}`);
    const said = await promise.catch((error: unknown) => (error instanceof Error ? error.message : ""));
    assertTrue(!/Reload|undefined|is not a/.test(String(said)), `${what}: ${words(value)}: "${said}" helps nobody`);
  }
}

const wrongWith = <T extends object>(good: T, changes: { readonly [K in keyof T]?: readonly unknown[] }): unknown[] =>
  Object.entries(changes).flatMap(([name, values]) =>
    (values as readonly unknown[]).map((value) => ({ ...good, [name]: value })),
  );

/** Throws when read: only a program in the same thread can give such a thing. */
const trap = (name: string): unknown =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get: () => {
      throw new Error("a trap");
    },
  });

/** Wrong input of `ChannelClient`: refused with words, whoever gives it and however far away the channel is. */
export const clientInputCases: readonly ContractCase[] = [
  clientCase("a message that is none is refused, and the next one is sent", async ({ ada, ben }) => {
    const good = { requestId: "r1", type: "chat", text: "hello" };
    await refusesEach("send", [...NO_OBJECTS, trap("text")], (value) => ada.send(value));
    const wrong = wrongWith(good, {
      requestId: [...NO_TEXTS, "", "r".repeat(65), HUGE],
      type: [...NO_TEXTS, "", "void", "report", "constructor", "Chat"],
      text: NO_TEXTS,
    });
    const shares = [...NO_NUMBERS, 0, -1, 101, 1.5, 1e9].map((levelPercent) => ({ ...good, levelPercent }));
    await refusesEach("send", [...wrong, ...shares], (value) => ada.send(value));
    await expectCode(ada.send({ ...good, type: "chat", text: "" }), "empty", "an empty text");
    await expectCode(ada.send({ ...good, type: "chat", text: HUGE }), "too-large", "a huge text");
    await say(ada, "hello", "r1");
    assertEqual(
      (await chatsWhen(ben, 1)).map(({ text }) => text),
      ["hello"],
      "what the other has",
    );
    assertEqual((await chats(ada)).length, 1, "the log here");
  }),

  clientCase("what is no word in passing is refused", async ({ ada, ben }) => {
    let heard = 0;
    ben.watchEphemeral(() => heard++);
    const good = { type: "status", text: "typing" };
    await refusesEach("say in passing", [...NO_OBJECTS, trap("type")], (value) => ada.sendEphemeral(value));
    const wrong = wrongWith(good, { type: [...NO_TEXTS, "profile", "void", "toString"], text: NO_TEXTS });
    await refusesEach("say in passing", wrong, (value) => ada.sendEphemeral(value));
    await expectCode(ada.sendEphemeral({ type: "status", text: HUGE }), "too-large", "a huge text");
    await until("a good one is heard", async () => {
      await ada.sendEphemeral({ type: "status", text: "here" });
      return heard > 0;
    });
  }),

  clientCase("what is no id of a message is refused by all that takes one", async ({ ada }) => {
    const ids = [...NO_TEXTS, "", "x".repeat(MAX_ID_CHARACTERS + 1), HUGE];
    const calls: Record<string, (client: ChannelClient, id: never) => Promise<unknown>> = {
      sendAgain: (client, id) => client.sendAgain(id),
      stopSending: (client, id) => client.stopSending(id),
      remove: (client, id) => client.remove(id),
      fetchAgain: (client, id) => client.fetchAgain(id),
      details: (client, id) => client.details(id),
    };
    for (const [name, call] of Object.entries(calls)) await refusesEach(name, ids, (id) => call(ada, id));
    for (const id of ["constructor", "__proto__", "x".repeat(MAX_ID_CHARACTERS)]) {
      await expectCode(ada.details(asMessageId(id)), "not-found", `details of ${id}`);
    }
  }),

  clientCase("a page has 1 to 500 entries before a place", async ({ ada }) => {
    const limits = [...NO_NUMBERS, 0, -1, 0.5, MAX_PAGE + 1, 1e9];
    const before = { lamport: 5, id: asMessageId("x") };
    await refusesEach("snapshot", limits, (limit) => ada.snapshot(limit));
    await refusesEach("page", [...limits, undefined], (limit) => ada.page(before, limit));
    const places = wrongWith(before, {
      lamport: [...NO_NUMBERS, undefined, -1, 0.5, 2 ** 53],
      id: [...NO_TEXTS, "x".repeat(MAX_ID_CHARACTERS + 1)],
    });
    await refusesEach("page", [...NO_OBJECTS, ...places], (place) => ada.page(place, 10));
    await refusesEach("mark read", [...NO_OBJECTS, ...places], (place) => ada.markRead(place));
    assertTrue((await ada.snapshot(MAX_PAGE)).page.entries.length > 0, "nothing in a page of the most");
    assertEqual((await ada.snapshot(1)).page.entries.length, 1, "entries in a page of one");
    assertEqual((await ada.snapshot(undefined)).page.more, false, "more before a page of the usual size");
    assertEqual(await ada.page({ lamport: 0, id: asMessageId("") }, 1), { entries: [], more: false }, "the first page");
  }),

  clientCase("whoever marks more as read than there is still hears of what comes", async ({ ada, ben }) => {
    await say(ben, "one");
    await chatsWhen(ada, 1);
    await ada.markRead({ lamport: Number.MAX_SAFE_INTEGER, id: asMessageId("f".repeat(64)) });
    assertEqual((await ada.snapshot()).unread, 0, "unread after marking all");
    await say(ben, "two");
    await chatsWhen(ada, 2);
    assertEqual((await ada.snapshot()).unread, 1, "unread after one more");
    const two = (await chats(ada)).at(-1);
    if (two === undefined) throw new Error("The log is too short.");
    await ada.markRead({ lamport: two.lamport, id: two.id });
    assertEqual((await ada.snapshot()).unread, 0, "unread after marking that one");
  }),

  clientCase("a correction of the clock is a whole number of milliseconds", async ({ ada }) => {
    const wrong = [...NO_NUMBERS, undefined, 0.5, 86_400_001, -86_400_001, 1e15];
    await refusesEach("correct the clock", wrong, (ms) => ada.correctClock(ms));
    await ada.correctClock(0);
  }),

  clientCase("what cannot be followed is refused at once", async ({ ada }) => {
    await refusesEach("subscribe", [...NO_NUMBERS, undefined, -1, 0.5, 2 ** 53], (seq) => ada.subscribe(seq, () => {}));
    await refusesEach("subscribe", NO_TEXTS, (listener) => ada.subscribe(0, listener));
    await refusesEach("watch the status", NO_TEXTS, (listener) => ada.watchStatus(listener));
    await refusesEach("listen", NO_TEXTS, (listener) => ada.watchEphemeral(listener));
  }),

  clientCase("a message is what was given, whatever becomes of the object it was given in", async ({ ada, ben }) => {
    const request = { requestId: "r1", type: "chat" as const, text: "as it was" };
    const sending = ada.send(request);
    Object.assign(request, { text: "another text", type: "status", requestId: "r2", levelPercent: 3 });
    await sending;
    assertEqual(
      (await chatsWhen(ben, 1)).map(({ type, text }) => [type, text]),
      [["chat", "as it was"]],
      "what the other has",
    );
    assertEqual((await say(ada, "as it was", "r1")).id, (await sending).id, "the same once more");
    await say(ada, "x".repeat(MAX_TEXT_BYTES), "r3");
  }),
];

/** Wrong input of `ChannelHost`. */
export const hostInputCases: readonly ContractCase[] = [
  hostCase("a channel that cannot be is refused, and nothing is kept", async ({ host }) => {
    await refusesEach("create", [...NO_OBJECTS, trap("name")], (value) => host.create(value));
    const address = "/ip4/127.0.0.1/tcp/1/ws";
    const wrong = wrongWith(QUICK, {
      name: [...NO_TEXTS, "", " ", "x".repeat(65), HUGE, "a\nb"],
      displayName: [...NO_TEXTS, "", " ", "x".repeat(41), HUGE],
      profile: [...NO_TEXTS, "", "private", "constructor"],
      multiaddrs: [undefined, 5, "text", {}, [], [5], [null], [""], ["http://x"], [`/${"x".repeat(256)}`], [HUGE]],
      parameters: [
        ...NO_OBJECTS,
        { nonsense: 1 },
        { constructor: 1 },
        { ackWindowMs: "5" },
        { ackWindowMs: undefined },
      ],
    });
    const many = { ...QUICK, multiaddrs: Array(9).fill(address) };
    const values = [0, -1, 0.5, Number.NaN, 1e10, null].map((ackWindowMs) => ({
      ...QUICK,
      parameters: { ackWindowMs },
    }));
    await refusesEach("create", [...wrong, many, ...values], (value) => host.create(value));
    const outside = host.create({ ...QUICK, parameters: { levelPercent: 101 } });
    const said = await outside.catch((error: unknown) => String(error));
    assertTrue(/"levelPercent".* from 1 to 100\b/.test(String(said)), `which values there may be is not in "${said}"`);
    assertEqual(await host.channels(), [], "channels");
    assertEqual((await host.create({ ...QUICK, name: "  Harbour " })).name, "Harbour", "the name of a good one");
  }),

  hostCase("what is no invite is refused by previewing and joining", async ({ host, other }) => {
    const { inviteCode } = await host.create(QUICK);
    await refusesEach("preview", NO_TEXTS, (invite) => other.preview(invite));
    await expectCode(other.preview(HUGE), "invalid-invite", "preview of a huge text");
    await refusesEach("join", [...NO_OBJECTS, trap("invite")], (value) => other.join(value));
    const wrong = wrongWith(
      { invite: inviteCode, displayName: "Ben" },
      {
        invite: NO_TEXTS,
        displayName: [...NO_TEXTS, "", "\u202e", "x".repeat(41), HUGE],
      },
    );
    await refusesEach("join", wrong, (value) => other.join(value));
    await expectCode(other.join({ invite: HUGE, displayName: "Ben" }), "invalid-invite", "joining by a huge text");
    assertEqual(await other.channels(), [], "channels");
    await other.join({ invite: ` ${inviteCode}\n`, displayName: ` ${"\u{1F600}".repeat(40)} ` });
  }),

  hostCase("what is no id of a channel is refused", async ({ host }) => {
    const ids = [...NO_TEXTS, "", "x".repeat(MAX_ID_CHARACTERS + 1), HUGE];
    await refusesEach("leave", ids, (id) => host.leave(id));
    await refusesEach("open", ids, (id) => host.open(id));
    await refusesEach("watch", NO_TEXTS, (listener) => host.watchChannels(listener));
    const nowhere: Parameters<ChannelHost["open"]>[0][] = ["constructor", "x".repeat(MAX_ID_CHARACTERS)] as never[];
    for (const id of nowhere) await expectCode(host.open(id).snapshot(), "not-found", `a snapshot of ${words(id)}`);
  }),

  hostCase("opening what cannot be throws what requests reject with", async ({ host }) => {
    let thrown: unknown = null;
    try {
      host.open(5 as never);
    } catch (error) {
      thrown = error;
    }
    assertTrue(thrown instanceof ChannelError, `thrown was ${String(thrown)}`);
  }),
];
