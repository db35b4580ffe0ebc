import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import type { HistoryPage, HistoryQuery, InboundFrame } from "../../transport/port.ts";
import type { StoredView } from "../api/channel-client.ts";
import { createFirstRead } from "./first-read.ts";
import { createHistoryReader } from "./history-reader.ts";

const START = 1_800_000_000_000;
const QUERY = { by: "time", contentTopic: "topic", from: 0, to: START } as const;
const stored = (lamport: number): StoredView => ({
  ...{ id: asMessageId(`m${lamport}`), lamport, author: asParticipantId("ben"), mine: false, signed: true },
  ...{ type: "chat", text: `m${lamport}`, textKept: true, composedAt: lamport },
});

function firstRead() {
  const clock = createVirtualClock(START);
  const looks: { readonly answer: (found: readonly StoredView[]) => void; readonly fail: () => void }[] = [];
  const log = { messages: 0 };
  const told: unknown[] = [];
  let closed = 0;
  const read = createFirstRead({
    clock,
    page: {
      look: () => new Promise((answer, reject) => looks.push({ answer, fail: () => reject(new Error("no Store")) })),
      close: () => void closed++,
    },
    messages: () => log.messages,
    onChange: () => told.push(read.status()),
  });
  return { clock, looks, log, told, read, closed: () => closed };
}

describe("the first read of a channel", () => {
  it("begins with the newest page, counts page by page, and ends with nothing of it left", async () => {
    const { clock, looks, log, told, read, closed } = firstRead();
    expect([read.status(), read.newest()]).toEqual([null, []]);
    let begun = false;
    const beginning = read.begins(QUERY).then(() => (begun = true));
    await clock.advanceSettled(10);
    expect([begun, read.status()]).toEqual([false, { messages: 0, newest: 0, waiting: false }]);
    looks[0]?.answer([stored(8), stored(9)]);
    await beginning;
    expect(read.newest()).toEqual([stored(8), stored(9)]);
    log.messages = 60;
    // Not before the page is through: a status for each message would be too much.
    expect(read.status()).toEqual({ messages: 0, newest: 2, waiting: false });
    read.goesOn();
    expect(read.status()).toEqual({ messages: 60, newest: 2, waiting: false });
    read.ends();
    expect([read.status(), read.newest(), closed(), clock.pending]).toEqual([null, [], 1, 0]);
    expect(told).toEqual([
      { messages: 0, newest: 0, waiting: false },
      { messages: 0, newest: 2, waiting: false },
      { messages: 60, newest: 2, waiting: false },
      null,
    ]);
  });

  it("waits for a slow newest page no longer than a second, and shows it when it comes", async () => {
    const { clock, looks, read } = firstRead();
    let begun = false;
    void read.begins(QUERY).then(() => (begun = true));
    await clock.advanceSettled(999);
    expect(begun).toBe(false);
    await clock.advanceSettled(1);
    expect([begun, clock.pending]).toEqual([true, 0]);
    looks[0]?.answer([stored(9)]);
    await clock.advanceSettled(0);
    expect(read.status()).toMatchObject({ newest: 1 });
  });

  it("goes on without a newest page, and asks for it again with the next try only if it did not come", async () => {
    const { clock, looks, log, read } = firstRead();
    const beginning = read.begins(QUERY);
    looks[0]?.fail();
    await beginning;
    log.messages = 30;
    read.waits();
    expect(read.status()).toEqual({ messages: 30, newest: 0, waiting: true });
    const again = read.begins(QUERY);
    expect(read.status()).toMatchObject({ waiting: false });
    looks[1]?.answer([stored(9)]);
    await again;
    read.waits();
    // What was shown stands, in an outage too.
    expect([read.status(), read.newest().length]).toEqual([{ messages: 30, newest: 1, waiting: true }, 1]);
    await read.begins(QUERY);
    expect([looks.length, clock.pending]).toEqual([2, 0]);
  });

  it("has nothing to show when the newest page comes behind its end, and begins no second time", async () => {
    const { clock, looks, read } = firstRead();
    void read.begins(QUERY);
    await clock.advanceSettled(1_000);
    read.ends();
    looks[0]?.answer([stored(9)]);
    await clock.advanceSettled(0);
    read.waits();
    await read.begins(QUERY);
    expect([read.status(), read.newest(), looks.length]).toEqual([null, [], 1]);
  });

  it("leaves no timer when it is closed, and keeps nobody waiting", async () => {
    const { clock, read, closed } = firstRead();
    const beginning = read.begins(QUERY);
    read.close();
    await beginning;
    expect([clock.pending, closed()]).toEqual([0, 1]);
  });
});

describe("a history reader tells of a read", () => {
  const frame = { payload: new Uint8Array() } as InboundFrame;
  const pageOf = (length: number): HistoryPage => ({ frames: Array.from({ length }, () => frame) });

  function readerAt(cursor: () => number, outcomes: readonly ("reads" | "fails")[], length = 20) {
    const clock = createVirtualClock(START);
    const told: string[] = [];
    let turn = 0;
    async function* queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
      told.push(query.by === "time" && query.newestFirst === true ? "backwards" : "forwards");
      yield pageOf(length);
      if (outcomes[turn++] === "fails") throw new Error("No Store answers.");
      yield pageOf(length);
    }
    const reader = createHistoryReader({
      ...{
        transport: { queryHistory },
        contentTopic: "topic",
        clock,
        cursor,
        lastReadAt: cursor,
        messages: () => 0,
        isHeld: () => false,
      },
      ...{ onFrames: async () => {}, onRead: () => told.push("read") },
      first: {
        begins: async ({ from, to }) => void told.push(`begins ${to > from}`),
        goesOn: () => void told.push("goes on"),
        waits: () => void told.push("waits"),
        ends: () => void told.push("ends"),
      },
    });
    return { clock, told, reader };
  }

  it("that is the first one, until it has ended", async () => {
    const { clock, told, reader } = readerAt(() => 0, ["fails", "reads", "reads"]);
    reader.online();
    await clock.advanceSettled(3_000);
    const tries = ["forwards", "begins true", "goes on", "waits", "forwards", "begins true", "goes on", "goes on"];
    expect(told).toEqual([...tries, "ends", "read"]);
    reader.offline();
    reader.online();
    await clock.advanceSettled(10);
    expect(told.slice(10)).toEqual(["forwards", "read"]);
    reader.close();
  });

  it("that is short only when it ends", async () => {
    const { clock, told, reader } = readerAt(() => 0, ["reads"], 19);
    reader.online();
    await clock.advanceSettled(10);
    expect(told).toEqual(["forwards", "goes on", "goes on", "ends", "read"]);
    reader.close();
  });

  it("not where an earlier run read it to its end", async () => {
    const { clock, told, reader } = readerAt(() => START - 1_000, ["reads"]);
    reader.online();
    await clock.advanceSettled(10);
    expect(told).toEqual(["forwards", "read"]);
    reader.close();
  });

  it("and takes nothing in when it was closed while the newest page was looked at", async () => {
    const clock = createVirtualClock(START);
    let taken = 0;
    let begin = (): void => {};
    const reader = createHistoryReader({
      transport: {
        async *queryHistory(): AsyncGenerator<HistoryPage> {
          yield pageOf(20);
        },
      },
      ...{ contentTopic: "topic", clock, cursor: () => 0, lastReadAt: () => 0, messages: () => 0, isHeld: () => false },
      onFrames: async () => void taken++,
      onRead: () => {},
      first: {
        begins: () => new Promise((resolve) => (begin = resolve)),
        ...{ goesOn: () => {}, waits: () => {}, ends: () => {} },
      },
    });
    reader.online();
    await clock.advanceSettled(10);
    reader.close();
    begin();
    await clock.advanceSettled(10);
    expect([taken, clock.pending]).toEqual([0, 0]);
  });
});
