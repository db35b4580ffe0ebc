import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { HISTORY_OVERLAP_MS, HISTORY_POLL_MS, HORIZON_MS } from "../../sds/parameters/parameters.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { HistoryPage, HistoryQuery, HistorySource, InboundFrame } from "../../transport/port.ts";
import { createHistoryReader } from "./history-reader.ts";

const START = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Answer = (query: HistoryQuery, time: number) => AsyncGenerator<HistoryPage>;

const frameAt = (timestamp: number, bytes = 10): InboundFrame => ({
  ...{ contentTopic: "topic", payload: new Uint8Array(bytes), version: 1, hash: new Uint8Array(32), ephemeral: false },
  timestamp,
});

async function* nothing(): AsyncGenerator<HistoryPage> {}

/** A reader of these service nodes, all of which push; each answers as it likes. */
function bench(
  answers: Readonly<Record<string, Answer>>,
  cursors: Readonly<Record<string, number>> = {},
  lastReadAt = 0,
) {
  const clock = createVirtualClock(START);
  const cursor = new Map(Object.entries(cursors));
  let sources: readonly HistorySource[] = Object.keys(answers).map((name) => ({ name, isLive: true }));
  const asked: { readonly source: string; readonly query: HistoryQuery; readonly at: number }[] = [];
  const read: string[] = [];
  const told: string[] = [];
  const steps: string[] = [];
  let messages = 0;
  const times = new Map<string, number>();
  const reader = createHistoryReader({
    transport: {
      historySources: () => sources,
      queryHistory: (query) => {
        const source = query.source ?? "any";
        const time = times.get(source) ?? 0;
        times.set(source, time + 1);
        asked.push({ source, query, at: clock.now() - START });
        return (answers[source] ?? nothing)(query, time);
      },
    },
    ...{ contentTopic: "topic", clock, lastReadAt: () => lastReadAt, messages: () => messages, isHeld: () => false },
    cursor: (source) => cursor.get(source) ?? 0,
    onFrames: async (frames) => {
      messages += frames.filter(({ version }) => version === 1).length;
    },
    onRead: (at, source) => {
      read.push(`${source} ${at - START}`);
      cursor.set(source, at);
    },
    onTrouble: () => told.push(reader.trouble()),
    first: {
      begins: async () => void steps.push("begins"),
      goesOn: () => undefined,
      waits: () => void steps.push("waits"),
      ends: () => void steps.push("ends"),
    },
  });
  const from = (index: number) => {
    const query = asked[index]?.query;
    return query?.by === "time" ? query.from - START : Number.NaN;
  };
  const be = (...live: readonly (string | HistorySource)[]) => {
    sources = live.map((source) => (typeof source === "string" ? { name: source, isLive: true } : source));
    reader.look();
  };
  return {
    clock,
    reader,
    asked,
    read,
    told,
    steps,
    from,
    be,
    ofSource: (name: string) => asked.filter(({ source }) => source === name),
  };
}

/** Never ends by itself. */
const stuck: Answer = async function* () {
  yield { frames: [frameAt(START - HOUR)] };
  await new Promise(() => undefined);
};

describe("each of several service nodes", () => {
  //= protocol: STORE-7
  it("is asked from its own cursor, and moves that only", async () => {
    const { clock, reader, read, from, asked } = bench(
      { a: nothing, b: nothing },
      { a: START - HOUR, b: START - 5 * HOUR },
    );
    reader.online();
    await clock.advanceSettled(10);
    expect(asked.map(({ source }) => source)).toEqual(["a", "b"]);
    expect([from(0), from(1)]).toEqual([-HOUR - HISTORY_OVERLAP_MS, -5 * HOUR - HISTORY_OVERLAP_MS]);
    expect(read).toEqual(["a 0", "b 0"]);
    reader.close();
  });

  //= protocol: STORE-7
  it("that was never read is asked for a day, or from where any was read when the channel was opened", async () => {
    for (const [lastReadAt, expected] of [
      [0, -HORIZON_MS],
      [START - HOUR, -HORIZON_MS],
      [START - 72 * HOUR, -72 * HOUR - HISTORY_OVERLAP_MS],
      [START + HOUR, -HORIZON_MS],
    ] as const) {
      const { clock, reader, from } = bench({ b: nothing }, {}, lastReadAt);
      reader.online();
      await clock.advanceSettled(10);
      expect(from(0)).toBe(expected);
      reader.close();
    }
  });

  //= protocol: STORE-7
  it("is asked when it comes, though others were read, and again when it came back", async () => {
    const { clock, reader, read, asked, be } = bench({ a: nothing, b: nothing });
    be("a");
    reader.online();
    await clock.advanceSettled(MINUTE);
    expect(read).toEqual(["a 0"]);
    be("a", "b");
    await clock.advanceSettled(10);
    expect(read.slice(1)).toEqual([`b ${MINUTE}`]);
    be("a");
    be("a", "b");
    await clock.advanceSettled(10);
    expect(asked.map(({ source }) => source)).toEqual(["a", "b", "b"]);
    be("a", "b");
    await clock.advanceSettled(10);
    expect(asked).toHaveLength(3);
    be("b");
    await clock.advanceSettled(HISTORY_POLL_MS);
    expect(asked.slice(3).map(({ source }) => source)).toEqual(["b"]);
    reader.close();
  });

  it("that does not push yet is given five seconds to, and read once more when it does", async () => {
    const { clock, reader, asked, be } = bench({ a: nothing, b: nothing });
    be("a", { name: "b", isLive: false });
    reader.online();
    await clock.advanceSettled(4_999);
    expect(asked.map(({ source }) => source)).toEqual(["a"]);
    await clock.advanceSettled(10);
    be("a", "b");
    await clock.advanceSettled(10);
    expect(asked.map(({ source }) => source)).toEqual(["a", "b", "b"]);
    reader.close();
  });

  //= protocol: STORE-7, STORE-6
  it("is waited for by the next one, for ten seconds at most; what was read then is not given again", async () => {
    const { clock, reader, asked, read } = bench({ a: stuck, b: nothing });
    reader.online();
    await clock.advanceSettled(9_999);
    expect(asked.map(({ source }) => source)).toEqual(["a"]);
    await clock.advanceSettled(1);
    expect([asked.map(({ source }) => source), read]).toEqual([["a", "b"], ["b 10000"]]);
    reader.close();
    const quick = bench({ a: nothing, b: nothing });
    quick.reader.online();
    await quick.clock.advanceSettled(10);
    expect(quick.asked.map(({ query }) => "isHeld" in query)).toEqual([false, true]);
    quick.reader.close();
  });

  it("can be asked for what may be missing, and for single messages, while another one is read without end", async () => {
    const { clock, reader, asked } = bench({ a: stuck, b: nothing });
    reader.online();
    await clock.advanceSettled(20_000);
    const before = asked.length;
    reader.fetch([{ id: "x" as MessageId, lamport: START, hint: new Uint8Array(32) }]);
    await clock.advanceSettled(0);
    expect(asked.slice(before).map(({ query }) => query.by)).toEqual(["hash"]);
    reader.again(1_000);
    await clock.advanceSettled(20_000);
    expect(asked.slice(before + 1).map(({ source }) => source)).toEqual(["a", "b"]);
    reader.close();
  });

  it("is asked for spans of time, whatever the first one gave", async () => {
    const broken: Answer = async function* () {
      yield { frames: [] };
      throw new Error("No Store answers.");
    };
    const { clock, reader, asked, ofSource } = bench({ a: broken, b: nothing });
    reader.fetch([{ id: "x" as MessageId, lamport: START, hint: undefined }]);
    await clock.advanceSettled(10);
    expect(asked.map(({ source }) => source)).toEqual(["a", "b"]);
    expect("isHeld" in (ofSource("b")[0]?.query ?? {})).toBe(true);
    reader.close();
  });
});

describe("spans of time", () => {
  it("are asked for no longer once it is closed, and no timer is left", async () => {
    const { clock, reader, asked } = bench({ a: stuck, b: nothing });
    reader.fetch([{ id: "x" as MessageId, lamport: START, hint: undefined }]);
    await clock.advanceSettled(10);
    reader.close();
    await clock.advanceSettled(0);
    expect([asked.map(({ source }) => source), clock.pending]).toEqual([["a"], 0]);
  });
});

describe("the first read of a channel", () => {
  const pageOf = (length: number): HistoryPage => ({
    frames: Array.from({ length }, (_, number) => frameAt(START - HOUR + number)),
  });
  const gives = (length: number): Answer =>
    async function* () {
      yield pageOf(length);
    };

  it.each<[string, Record<string, Answer>, string[]]>([
    [
      "ends with a Store that has a long history, whatever the others do",
      { a: gives(20), b: stuck },
      ["begins", "ends"],
    ],
    ["goes on while another Store was not asked yet", { a: nothing, b: stuck }, []],
    ["ends when all were asked, and none had much", { a: gives(1), b: nothing }, ["ends"]],
  ])("%s", async (_what, answers, expected) => {
    const { clock, reader, steps } = bench(answers);
    reader.online();
    await clock.advanceSettled(15_000);
    expect(steps).toEqual(expected);
    reader.close();
  });
});

describe("a read that breaks off", () => {
  //= protocol: STORE-8, STORE-2
  it("goes on a minute before where it was, and counts from when its first part began", async () => {
    const { clock, reader, from, read } = bench({
      a: async function* (_query, time) {
        yield { frames: [frameAt(START - 20 * HOUR)] };
        yield { frames: [frameAt(START - 10 * HOUR + time * HOUR)] };
        if (time < 2) throw new Error("The Store is gone.");
      },
    });
    reader.online();
    await clock.advanceSettled(2_000);
    expect([from(0), from(1)]).toEqual([-HORIZON_MS, -10 * HOUR - MINUTE]);
    await clock.advanceSettled(4_000);
    expect([from(2), read]).toEqual([-9 * HOUR - MINUTE, ["a 0"]]);
    await clock.advanceSettled(HISTORY_POLL_MS);
    expect(from(3)).toBe(-HISTORY_OVERLAP_MS);
    reader.close();
  });

  it("does not go back, whatever the Store says its times are", async () => {
    const { clock, reader, from } = bench({
      a: async function* (_query, time) {
        yield { frames: [frameAt(START - (time === 0 ? 10 : 40) * HOUR)] };
        throw new Error("The Store is gone.");
      },
    });
    reader.online();
    await clock.advanceSettled(7_000);
    expect([from(1), from(2)]).toEqual([-10 * HOUR - MINUTE, -10 * HOUR - MINUTE]);
    reader.close();
  });

  it("is read anew when the clock was set back meanwhile", async () => {
    let offset = 0;
    const clock = createVirtualClock(START);
    const asked: number[] = [];
    const reader = createHistoryReader({
      transport: {
        queryHistory: async function* (query) {
          if (query.by === "time") asked.push(query.from - START);
          yield { frames: [frameAt(START - HOUR)] };
          throw new Error("The Store is gone.");
        },
      },
      ...{ contentTopic: "topic", clock: { ...clock, now: () => clock.now() + offset }, lastReadAt: () => 0 },
      ...{ cursor: () => 0, messages: () => 0, isHeld: () => false, onFrames: async () => {}, onRead: () => {} },
    });
    reader.online();
    await clock.advanceSettled(10);
    offset = -48 * HOUR;
    await clock.advanceSettled(2_000);
    expect(asked).toEqual([-HORIZON_MS, -72 * HOUR + 2_000]);
    reader.close();
  });
});

describe("a Store that brings nothing", () => {
  /** Pages of a megabyte that are no messages of the channel, an hour of the day each sixteen. */
  const madeUp: Answer = async function* (query) {
    const begin = query.by === "time" ? query.from : 0;
    for (let page = 0; ; page++) {
      yield { frames: [{ ...frameAt(begin + 1_000 + (page * HOUR) / 16, 1024 * 1024 - 128), version: 0 }] };
    }
  };

  //= protocol: STORE-8
  it("is left after 32 MiB, said so, and read on after pauses that double to a quarter of an hour", async () => {
    const { clock, reader, asked, from, told, read, be } = bench({ a: madeUp });
    reader.online();
    await clock.advanceSettled(HOUR);
    const pauses = asked.slice(1).map(({ at }, index) => Math.round((at - (asked[index]?.at ?? 0)) / 1_000));
    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
    // Thirty-three pages further each time, less the minute.
    expect(from(1)).toBe(-HORIZON_MS + 1_000 + 2 * HOUR - MINUTE);
    expect(from(2)).toBeGreaterThan(from(1));
    expect([read, told.length]).toEqual([[], 1]);
    expect(told[0]).toContain("no message of this channel");
    const before = asked.length;
    be();
    be("a");
    await clock.advanceSettled(10);
    be();
    be("a");
    await clock.advanceSettled(10);
    // That it goes and comes again does not make the pauses short: each time it is asked once.
    expect(asked.length - before).toBe(2);
    await clock.advanceSettled(14 * MINUTE);
    expect(asked.length - before).toBe(2);
    reader.close();
  });

  it("is no longer said to once it was read to its end", async () => {
    const { clock, reader, told, read } = bench({ a: (query, time) => (time === 0 ? madeUp(query, time) : nothing()) });
    reader.online();
    await clock.advanceSettled(15_010);
    expect([told.length, told[1], read, reader.trouble()]).toEqual([2, "", ["a 0"], ""]);
    reader.close();
  });

  //= protocol: STORE-8
  it("is left in a read of a span too", async () => {
    const { clock, reader, asked } = bench({ a: madeUp, b: nothing });
    reader.fetch([{ id: "x" as MessageId, lamport: START, hint: undefined }]);
    await clock.advanceSettled(10);
    expect(asked.map(({ source }) => source)).toEqual(["a", "b"]);
    reader.close();
  });

  it("but news is read to its end, a thousand pages of it", async () => {
    let pages = 0;
    const long: Answer = async function* () {
      for (; pages < 1_000; pages++) {
        yield {
          frames: Array.from({ length: 100 }, (_, number) => frameAt(START - HOUR + pages * 100 + number, 1_000)),
        };
      }
    };
    const { clock, reader, read, asked } = bench({ a: long });
    reader.online();
    await clock.advanceSettled(10);
    expect([pages, read, asked.length]).toEqual([1_000, ["a 0"], 1]);
    reader.close();
  });
});
