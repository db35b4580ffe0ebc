import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import {
  HISTORY_OVERLAP_MS,
  HISTORY_POLL_MS,
  HORIZON_MS,
  LAMPORT_EMBARGO_MS,
} from "../../sds/parameters/parameters.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { HistoryPage, HistoryQuery, InboundFrame } from "../../transport/port.ts";
import { createChannelHost } from "../host/host.ts";
import { QUICK } from "../testing/contract-fixture.ts";
import { createHistoryReader } from "./history-reader.ts";

const START = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const UNREAD = { cursor: () => 0, lastReadAt: () => 0, messages: () => 0 };

function readerWith(cursor: number | (() => number), onPage: () => Promise<void> = async () => {}) {
  const clock = createVirtualClock(START);
  const asked: HistoryQuery[] = [];
  const read: number[] = [];
  async function* queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    asked.push(query);
    await onPage();
    yield { frames: [] };
  }
  const reader = createHistoryReader({
    transport: { queryHistory },
    contentTopic: "topic",
    clock,
    cursor: typeof cursor === "number" ? () => cursor : cursor,
    lastReadAt: typeof cursor === "number" ? () => cursor : cursor,
    messages: () => 0,
    isHeld: () => false,
    onFrames: async () => {},
    onRead: (at) => void read.push(at),
  });
  return { reader, clock, asked, read };
}

describe("a history reader", () => {
  //= protocol: STORE-1
  it.each([
    ["at first, from the horizon", 0, START - HORIZON_MS],
    ["later, from the cursor", START - HOUR, START - HOUR - HISTORY_OVERLAP_MS],
    ["from the horizon, when the cursor is from a clock that ran ahead", START + 1, START - HORIZON_MS],
  ])("reads %s", async (_when, cursor, from) => {
    const { reader, clock, asked } = readerWith(cursor);
    reader.online();
    await clock.advanceSettled(10);
    reader.close();
    // Those whose clocks are ahead, as far as is taken, date what they say into the future.
    expect(asked).toMatchObject([{ by: "time", from, to: START + LAMPORT_EMBARGO_MS }]);
  });

  it("reads once more, at once, when the connection came back during a read", async () => {
    let endRead = () => {};
    const { reader, clock, asked } = readerWith(0, () => new Promise((resolve) => (endRead = resolve)));
    reader.online();
    await clock.advanceSettled(10);
    reader.offline();
    reader.online();
    await clock.advanceSettled(10);
    expect(asked.length).toBe(1);
    endRead();
    await clock.advanceSettled(10);
    expect(asked.length).toBe(2);
    reader.close();
  });
});

describe("a connection that comes back", () => {
  const starts = (asked: readonly HistoryQuery[]) => asked.map((query) => query.by === "time" && query.from - START);

  //= protocol: STORE-1
  it("is read from a minute before the cursor, until a whole read is due: that goes back to where the last one began", async () => {
    const place = { cursor: START - HOUR };
    const { reader, clock, asked } = readerWith(() => place.cursor);
    reader.online();
    await clock.advanceSettled(10 * MINUTE);
    place.cursor = START + 10 * MINUTE;
    reader.offline();
    reader.online();
    await clock.advanceSettled(5 * MINUTE - 1);
    expect(starts(asked)).toEqual([-HOUR - HISTORY_OVERLAP_MS, 9 * MINUTE]);
    await clock.advanceSettled(1);
    expect(starts(asked).slice(2)).toEqual([-HISTORY_OVERLAP_MS]);
    reader.close();
  });

  //= protocol: STORE-1
  it("after more than a quarter of an hour is read as a whole, and so is one after a clock was set back", async () => {
    const place = { cursor: START - HOUR };
    const { reader, clock, asked } = readerWith(() => place.cursor);
    reader.online();
    await clock.advanceSettled(MINUTE);
    reader.offline();
    place.cursor = START + 30 * MINUTE;
    await clock.advanceSettled(60 * MINUTE);
    reader.online();
    await clock.advanceSettled(10);
    expect(starts(asked)).toEqual([-HOUR - HISTORY_OVERLAP_MS, -HISTORY_OVERLAP_MS]);
    reader.close();
  });

  //= protocol: STORE-6
  it("leaves out what is held, which the first read does not", async () => {
    const { reader, clock, asked } = readerWith(START - HOUR);
    reader.online();
    await clock.advanceSettled(10);
    reader.again(1_000);
    await clock.advanceSettled(10);
    reader.online();
    await clock.advanceSettled(10);
    expect(asked.map((query) => "isHeld" in query)).toEqual([false, true, true]);
    reader.close();
  });
});

describe("what may have been pushed elsewhere", () => {
  //= protocol: STORE-5
  it("is read from a minute before, and moves no cursor", async () => {
    const { reader, clock, asked, read } = readerWith(START - HOUR);
    reader.online();
    await clock.advanceSettled(3_000);
    expect([asked.length, read]).toEqual([1, [START]]);
    reader.again(3_000);
    await clock.advanceSettled(10);
    const to = START + 3_000 + LAMPORT_EMBARGO_MS;
    expect(asked.slice(1)).toMatchObject([{ by: "time", from: START - MINUTE, to }]);
    expect(read).toEqual([START]);
    reader.close();
    reader.again(3_000);
    await clock.advanceSettled(10);
    expect(asked.length).toBe(2);
  });

  it("waits for the read that is under way, and is read once for all who said so meanwhile", async () => {
    let endRead = () => {};
    const { reader, clock, asked } = readerWith(0, () => new Promise((resolve) => (endRead = resolve)));
    reader.online();
    await clock.advanceSettled(10);
    reader.again(1_000);
    await clock.advanceSettled(5_000);
    reader.again(3_000);
    expect(asked.length).toBe(1);
    endRead();
    await clock.advanceSettled(10);
    expect(asked.slice(1)).toMatchObject([{ from: START + 10 - 1_000 - MINUTE }]);
    endRead();
    await clock.advanceSettled(10);
    expect(asked.length).toBe(2);
    reader.close();
  });

  it("is left to the next whole read while there is no connection, and when no Store answers", async () => {
    let fails = false;
    const { reader, clock, asked } = readerWith(START - HOUR, async () => {
      if (fails) throw new Error("No Store answers.");
    });
    reader.again(1_000);
    await clock.advanceSettled(10);
    expect(asked).toEqual([]);
    reader.online();
    await clock.advanceSettled(10);
    // The whole one, and the one that was wanted before.
    expect(asked.length).toBe(2);
    fails = true;
    reader.again(1_000);
    await clock.advanceSettled(MINUTE);
    expect(asked.length).toBe(3);
    reader.close();
  });
});

describe("the past", () => {
  //= protocol: STORE-1
  it("is read up to ten minutes ahead, again after a quarter of an hour, and after failures in 2 s, doubling to 60 s", async () => {
    let fails = true;
    const { reader, clock, asked } = readerWith(START - HOUR, async () => {
      if (fails) throw new Error("No Store answers.");
    });
    const times: number[] = [];
    reader.online();
    for (let second = 0; second <= 250; second++) {
      await clock.advanceSettled(second === 0 ? 10 : 1_000);
      while (times.length < asked.length) times.push(second);
    }
    expect(times).toEqual([0, 2, 6, 14, 30, 62, 122, 182, 242]);
    expect(asked[0]).toMatchObject({ to: START + 10 * MINUTE });
    fails = false;
    await clock.advanceSettled(MINUTE);
    const read = asked.length;
    await clock.advanceSettled(14 * MINUTE);
    expect(asked.length).toBe(read);
    await clock.advanceSettled(MINUTE);
    expect(asked.length).toBe(read + 1);
    reader.close();
  });

  //= protocol: STORE-2
  it("is not said to be read before all its pages were taken in", async () => {
    const clock = createVirtualClock(START);
    const read: number[] = [];
    let fails = true;
    async function* queryHistory(): AsyncGenerator<HistoryPage> {
      yield { frames: [] };
      if (fails) throw new Error("The Store is gone.");
      yield { frames: [] };
    }
    const reader = createHistoryReader({
      ...{ transport: { queryHistory }, contentTopic: "topic", clock, ...UNREAD, isHeld: () => false },
      ...{ onFrames: async () => {}, onRead: (at) => void read.push(at) },
    });
    reader.online();
    await clock.advanceSettled(10);
    expect(read).toEqual([]);
    fails = false;
    await clock.advanceSettled(2_000);
    // The time at which the query began.
    expect(read).toEqual([START + 2_000]);
    reader.close();
  });
});

describe("a history reader that is closed during a read", () => {
  it.each([
    ["ends", async () => {}],
    ["fails", async () => Promise.reject(new Error("The transport is closed."))],
  ])("plans nothing more when that %s", async (_how, outcome) => {
    let endRead = () => {};
    const wait = () => new Promise<void>((resolve) => (endRead = resolve)).then(outcome);
    const { reader, clock } = readerWith(0, wait);
    reader.online();
    await clock.advanceSettled(10);
    reader.close();
    endRead();
    await clock.advanceSettled(10);
    expect(clock.pending).toBe(0);
  });

  it("fetches no further page", async () => {
    let endPage = () => {};
    const wait = () => new Promise<void>((resolve) => (endPage = resolve));
    const { reader, clock, asked } = readerWith(0, wait);
    const far = [START - HOUR, START].map((lamport) => ({ id: `${lamport}` as MessageId, lamport, hint: undefined }));
    reader.fetch(far);
    await clock.advanceSettled(10);
    expect(asked.length).toBe(1);
    reader.close();
    endPage();
    await clock.advanceSettled(10);
    expect(asked.length).toBe(1);
  });
});

/** A reader whose reads fail or not, as said beforehand, with the times at which it asked, since the start. */
function readerThat(...outcomes: readonly ("fails" | "reads")[]) {
  const clock = createVirtualClock(START);
  const [asked, read]: [number[], number[]] = [[], []];
  let turn = 0;
  const reader = createHistoryReader({
    transport: {
      async *queryHistory(): AsyncGenerator<HistoryPage> {
        asked.push(clock.now() - START);
        const outcome = outcomes[Math.min(turn++, outcomes.length - 1)];
        await new Promise<void>((resolve) => clock.schedule(100, resolve));
        if (outcome === "fails") throw new Error("No Store answers.");
        yield { frames: [] };
      },
    },
    ...{ contentTopic: "topic", clock, ...UNREAD, isHeld: () => false, onFrames: async () => {} },
    onRead: (startedAt) => read.push(startedAt - START),
  });
  return { clock, reader, asked, read };
}

/** From the end of each read to the beginning of the next. A read takes 100 ms. */
const pauses = (asked: readonly number[]) => asked.slice(1).map((at, index) => at - (asked[index] ?? 0) - 100);

describe("a history reader that no Store answers", () => {
  it("asks again after pauses that double up to a minute, and says nothing of having read", async () => {
    const { clock, reader, asked, read } = readerThat("fails");
    reader.online();
    await clock.advanceSettled(4 * MINUTE);
    reader.close();
    expect(pauses(asked).slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(read).toEqual([]);
  });

  it("begins with the shortest pause again once one answered, or the connection came back", async () => {
    const { clock, reader, asked, read } = readerThat("fails", "fails", "fails", "reads", "fails", "fails");
    reader.online();
    await clock.advanceSettled(HISTORY_POLL_MS + 20_000);
    expect(pauses(asked).slice(0, 5)).toEqual([2_000, 4_000, 8_000, HISTORY_POLL_MS, 2_000]);
    // When it began, since what was said meanwhile may not be in it.
    expect(read).toEqual([asked[3]]);
    reader.offline();
    expect(clock.pending).toBe(0);
    const before = asked.length;
    await clock.advanceSettled(HOUR);
    expect(asked.length).toBe(before);
    reader.online();
    await clock.advanceSettled(2_200);
    reader.close();
    expect(pauses(asked.slice(before))).toEqual([2_000]);
  });
});

describe("messages that are missed", () => {
  const missed = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `${n}` as MessageId, lamport: START, hint: new Uint8Array([n]) }));

  it.each([
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [101, [50, 50, 1]],
  ])("%i with hashes are asked for once each, at most 50 at a time", async (count, expected) => {
    const { reader, clock, asked } = readerWith(0);
    reader.fetch(missed(count));
    await clock.advanceSettled(10);
    const hashes = asked.map((query) => (query.by === "hash" ? query.hashes : []));
    expect(hashes.map(({ length }) => length)).toEqual(expected);
    expect(hashes.flat()).toEqual(missed(count).map(({ hint }) => hint));
  });

  it("without a hash are looked for around their time, besides the others", async () => {
    const { reader, clock, asked } = readerWith(0);
    reader.fetch([...missed(1), { id: "later" as MessageId, lamport: START - HOUR, hint: undefined }]);
    await clock.advanceSettled(10);
    expect(asked.map(({ by }) => by)).toEqual(["hash", "time"]);
    expect(asked[1]).toMatchObject({ from: START - HOUR - 2 * MINUTE, to: START - HOUR + 2 * MINUTE });
  });
});

describe("pages", () => {
  it.each(["the past", "what is missed"])("of %s are taken in one after the other", async (what) => {
    const clock = createVirtualClock(START);
    const log: string[] = [];
    const ends: (() => void)[] = [];
    async function* queryHistory(): AsyncGenerator<HistoryPage> {
      for (const number of [1, 2]) {
        log.push(`page ${number}`);
        yield { frames: [] };
      }
    }
    const reader = createHistoryReader({
      ...{ transport: { queryHistory }, contentTopic: "topic", clock, ...UNREAD, onRead: () => log.push("read") },
      isHeld: () => false,
      onFrames: () => new Promise((resolve) => ends.push(resolve)),
    });
    if (what === "the past") reader.online();
    else reader.fetch([{ id: "a" as MessageId, lamport: START, hint: undefined }]);
    await clock.advanceSettled(10);
    expect(log).toEqual(["page 1"]);
    ends[0]?.();
    await clock.advanceSettled(10);
    expect(log).toEqual(["page 1", "page 2"]);
    ends[1]?.();
    await clock.advanceSettled(10);
    expect(log).toEqual(what === "the past" ? ["page 1", "page 2", "read"] : ["page 1", "page 2"]);
    reader.close();
  });
});

describe("whether a Store keeps something", () => {
  it("is yes only when it gives it back, and no answer is none", async () => {
    const frame: InboundFrame = {
      ...{ contentTopic: "topic", payload: new Uint8Array(), version: 1, hash: new Uint8Array(32), ephemeral: false },
      timestamp: START,
    };
    const keeps = (pages: () => AsyncGenerator<HistoryPage>) =>
      createHistoryReader({
        ...{ transport: { queryHistory: pages }, contentTopic: "topic", clock: createVirtualClock(START) },
        ...{ ...UNREAD, isHeld: () => false, onFrames: async () => {}, onRead: () => {} },
      }).isKept(new Uint8Array(32));
    const of = (...frames: InboundFrame[][]) =>
      async function* () {
        for (const each of frames) yield { frames: each };
      };
    expect([await keeps(of()), await keeps(of([])), await keeps(of([], [frame]))]).toEqual([false, false, true]);
    const other = { ...frame, hash: new Uint8Array(32).fill(1) };
    expect([await keeps(of([other])), await keeps(of([other, frame]))]).toEqual([false, true]);
    // biome-ignore lint/correctness/useYield: it ends before anything is found.
    const fails = async function* (): AsyncGenerator<HistoryPage> {
      throw new Error("No Store answers.");
    };
    await expect(keeps(fails)).rejects.toThrow("No Store answers.");
  });
});

/** What Ada reads of what Ben wrote while she was away, her clock ahead in the time before and right in the time after. */
async function readAfterAway(aheadMs: number, awayMs: number): Promise<readonly string[]> {
  const clock = createVirtualClock(START);
  const network = createMemoryNetwork({ clock });
  const disk = createMemoryDisk();
  const hostOn = (storage = createMemoryStorage(), ahead = 0) =>
    createChannelHost({
      storage,
      clock: { now: () => Math.floor(clock.now()) + ahead, schedule: clock.schedule },
      openTransport: () => network.transport(),
    });
  const after = async <T>(ms: number, promise: Promise<T>): Promise<T> => {
    await clock.advanceSettled(ms);
    return promise;
  };
  /** Encrypting and decrypting take real time, of which the virtual clock knows nothing. */
  const until = async (look: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 1_000 && !(await look()); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await clock.advanceSettled(100);
    }
  };
  const ben = hostOn();
  const { id, inviteCode } = await after(MINUTE, ben.create({ ...QUICK, parameters: {} }));
  const first = hostOn(createMemoryStorage(disk), 0);
  await after(2 * MINUTE, first.join({ invite: inviteCode, displayName: "Ada" }));
  await after(1_000, first.close());
  const wrong = hostOn(createMemoryStorage(disk), aheadMs);
  await after(MINUTE, wrong.channels());
  await after(1_000, wrong.close());
  const sent = await ben.open(id).send({ requestId: "away", type: "chat", text: "while you were away" });
  await until(async () => (await ben.open(id).details(sent.id)).delivery.state.kind === "sent");
  await after(1_000, ben.close());
  await clock.advanceSettled(awayMs);
  const again = hostOn(createMemoryStorage(disk));
  const texts = async (): Promise<readonly string[]> => {
    const { page } = await again.open(id).snapshot();
    return page.entries.flatMap((entry) => (entry.kind === "message" && entry.type === "chat" ? [entry.text] : []));
  };
  await until(async () => (await texts()).length > 0);
  const read = await texts();
  await after(1_000, again.close());
  return read;
}

describe("a device whose clock ran ahead and was set right", () => {
  //= protocol: STORE-2
  it.each([
    ["by more than it was away", 2 * HOUR, HOUR],
    ["by less than it was away", HOUR / 2, HOUR],
  ])("%s: reads all that the Store has", async (_how, aheadMs, awayMs) => {
    expect(await readAfterAway(aheadMs, awayMs)).toEqual(["while you were away"]);
  });
});
