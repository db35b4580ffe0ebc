import { describe, expect, test, vi } from "vitest";
import type { ChannelEvent } from "../../channel/api/channel-client.ts";
import { BRIDGE_VERSION, type ClientMessage, EVENT_CREDIT, type Topic } from "../protocol/protocol.ts";
import { CHANNEL } from "../testing/test-host.ts";
import { createEventFeed } from "./event-feed.ts";
import { createLiveFeed } from "./live-feed.ts";
import { createStreamTable } from "./stream-table.ts";
import { createValueFeed } from "./value-feed.ts";

/** A table of subscriptions whose other side is the test. */
function bench() {
  const posted: ClientMessage[] = [];
  const table = createStreamTable((message) => posted.push(message));
  const subscribed = () => posted.filter((message) => message.kind === "subscribe");
  /** Number of the newest subscription. */
  const newest = () => subscribed().at(-1)?.stream ?? 0;
  const ticks = (from: number, to: number, stream = newest()) => {
    for (let seq = from; seq <= to; seq++)
      table.onItem({ v: BRIDGE_VERSION, kind: "event", stream, event: { kind: "tick", seq } });
  };
  const reset = (seq: number, stream = newest()) =>
    table.onItem({ v: BRIDGE_VERSION, kind: "event", stream, event: { kind: "reset", seq } });
  const end = (stream = newest()) =>
    table.onItem({ v: BRIDGE_VERSION, kind: "ended", stream, error: { code: "not-found", message: "Gone." } });
  const places = () => subscribed().map(({ topic }) => (topic.kind === "events" ? topic.afterSeq : topic.kind));
  return { posted, table, subscribed, newest, ticks, reset, end, places };
}

function heardBy(): { readonly heard: string[]; readonly listener: (event: ChannelEvent) => void } {
  const heard: string[] = [];
  return { heard, listener: ({ kind, seq }) => heard.push(`${kind} ${seq}`) };
}

describe("subscriptions", () => {
  const channels = (): Topic => ({ kind: "channels" });

  test("have a number of their own at each start, and what an old one still sends is ignored", () => {
    const { table, posted, newest } = bench();
    const items: string[] = [];
    const stream = table.open(channels, (item) => items.push(item.kind));
    const first = newest();
    stream.restart();
    const second = newest();
    table.resume();
    const third = newest();
    expect(new Set([first, second, third]).size).toBe(3);
    // The connection that is resumed knows nothing of those before it.
    expect(posted.filter(({ kind }) => kind === "unsubscribe")).toEqual([
      { v: BRIDGE_VERSION, kind: "unsubscribe", stream: first },
    ]);
    for (const number of [first, second])
      table.onItem({ v: BRIDGE_VERSION, kind: "channels", stream: number, channels: [] });
    expect(items).toEqual([]);
    table.onItem({ v: BRIDGE_VERSION, kind: "channels", stream: third, channels: [] });
    expect(items).toEqual(["channels"]);
    stream.close();
    stream.close();
    expect(posted.at(-1)).toEqual({ v: BRIDGE_VERSION, kind: "unsubscribe", stream: third });
    expect(posted.filter(({ kind }) => kind === "unsubscribe")).toHaveLength(2);
    const count = posted.length;
    table.onItem({ v: BRIDGE_VERSION, kind: "channels", stream: third, channels: [] });
    table.resume();
    expect([items.length, posted.length]).toEqual([1, count]);
  });

  test("give room back for each state, for events by the batch, and for no end", () => {
    const { table, posted, ticks, newest, end } = bench();
    table.open(channels, () => {});
    const states = newest();
    table.onItem({ v: BRIDGE_VERSION, kind: "channels", stream: states, channels: [] });
    table.open(
      () => ({ kind: "events", channel: CHANNEL, afterSeq: 0 }),
      () => {},
    );
    const events = newest();
    ticks(1, EVENT_CREDIT - 1);
    const credits = () => posted.filter(({ kind }) => kind === "received");
    expect(credits()).toEqual([{ v: BRIDGE_VERSION, kind: "received", stream: states, count: 1 }]);
    ticks(EVENT_CREDIT, 2 * EVENT_CREDIT + 1);
    const batch = { v: BRIDGE_VERSION, kind: "received", stream: events, count: EVENT_CREDIT };
    expect(credits().slice(1)).toEqual([batch, batch]);
    end(states);
    expect(credits()).toHaveLength(3);
  });

  test("that start anew within an item owe nothing for it", () => {
    const { table, posted, ticks, newest } = bench();
    const stream = table.open(
      () => ({ kind: "events", channel: CHANNEL, afterSeq: 0 }),
      () => {
        if (newest() === 1) stream.restart();
      },
    );
    ticks(1, 1, 1);
    ticks(1, EVENT_CREDIT - 1, 2);
    expect(posted.filter(({ kind }) => kind === "received")).toEqual([]);
    ticks(1, 1, 2);
    expect(posted.at(-1)).toEqual({ v: BRIDGE_VERSION, kind: "received", stream: 2, count: EVENT_CREDIT });
  });
});

describe("events", () => {
  function feedBench() {
    const made = bench();
    return { ...made, feed: createEventFeed(CHANNEL, made.table.open) };
  }

  test("are told once each, in order; one that is missing is asked for again, and what stays missing is a reset", () => {
    const { feed, ticks, places, newest } = feedBench();
    const { heard, listener } = heardBy();
    feed.subscribe(4, listener);
    ticks(3, 6);
    ticks(6, 6);
    ticks(8, 8);
    expect(heard).toEqual(["tick 5", "tick 6"]);
    expect(places()).toEqual([4, 6]);
    const again = newest();
    ticks(8, 8);
    // The first of a new subscription: the other side has no 7 any more.
    expect(newest()).toBe(again);
    ticks(9, 9);
    expect(heard).toEqual(["tick 5", "tick 6", "reset 8", "tick 9"]);
  });

  test("go on after a reconnect from the last that came", () => {
    const { feed, table, ticks, places } = feedBench();
    const { heard, listener } = heardBy();
    feed.subscribe(0, listener);
    ticks(1, 3);
    table.resume();
    ticks(4, 4);
    expect(places()).toEqual([0, 3]);
    expect(heard).toEqual(["tick 1", "tick 2", "tick 3", "tick 4"]);
  });

  test("of before are told to whom they are new, and to nobody else", () => {
    const { feed, ticks, places } = feedBench();
    const [early, late, at] = [heardBy(), heardBy(), heardBy()];
    feed.subscribe(5, early.listener);
    ticks(6, 7);
    feed.subscribe(7, at.listener);
    expect(places()).toEqual([5]);
    feed.subscribe(3, late.listener);
    expect(places()).toEqual([5, 3]);
    ticks(4, 8);
    expect(early.heard).toEqual(["tick 6", "tick 7", "tick 8"]);
    expect(late.heard).toEqual(["tick 4", "tick 5", "tick 6", "tick 7", "tick 8"]);
    expect(at.heard).toEqual(["tick 8"]);
  });

  test("a reset is told to all but those who are at that very place", () => {
    const { feed, reset, ticks } = feedBench();
    const [behind, there] = [heardBy(), heardBy()];
    feed.subscribe(5, behind.listener);
    feed.subscribe(9, there.listener);
    reset(9);
    ticks(10, 10);
    expect(behind.heard).toEqual(["reset 9", "tick 10"]);
    expect(there.heard).toEqual(["tick 10"]);
  });

  test("that ended are told as a reset to everybody, and begin again with the next listener", () => {
    const { feed, ticks, end, places, table } = feedBench();
    const [first, second] = [heardBy(), heardBy()];
    feed.subscribe(0, first.listener);
    ticks(1, 2);
    end();
    expect(first.heard).toEqual(["tick 1", "tick 2", "reset 2"]);
    // The channel is there again; who listens from its newest place on is as new to the other side.
    feed.subscribe(2, second.listener);
    expect(places()).toEqual([0, 2]);
    ticks(3, 3);
    expect([first.heard.at(-1), second.heard]).toEqual(["tick 3", ["tick 3"]]);
    // It runs, so one more needs no start of its own; nor does one after a reconnect that began it again.
    feed.subscribe(3, () => {});
    expect(places()).toEqual([0, 2]);
    end();
    table.resume();
    feed.subscribe(3, () => {});
    expect(places()).toEqual([0, 2, 3]);
  });

  test("end with the last listener, and begin from the place of the next one", () => {
    const { feed, ticks, posted, places } = feedBench();
    const { heard, listener } = heardBy();
    const stop = feed.subscribe(0, listener);
    const stopOther = feed.subscribe(0, () => {});
    ticks(1, 5);
    stop();
    stop();
    expect(posted.some(({ kind }) => kind === "unsubscribe")).toBe(false);
    stopOther();
    expect(posted.at(-1)).toMatchObject({ kind: "unsubscribe" });
    feed.subscribe(2, listener);
    expect(places()).toEqual([0, 2]);
    ticks(3, 3);
    expect(heard).toEqual([1, 2, 3, 4, 5, 3].map((seq) => `tick ${seq}`));
  });

  test("are not told to one who left while they were told", () => {
    const { feed, ticks } = feedBench();
    const heard: string[] = [];
    feed.subscribe(0, () => stopSecond());
    const stopSecond = feed.subscribe(0, () => heard.push("second"));
    ticks(1, 1);
    expect(heard).toEqual([]);
  });
});

describe("a state", () => {
  function feedBench() {
    const streams: { closed: boolean }[] = [];
    const feed = createValueFeed<number>(() => {
      const stream = { closed: false };
      streams.push(stream);
      return { restart: () => {}, close: () => void Object.assign(stream, { closed: true }) };
    });
    return { feed, streams };
  }

  test("is told at once to whom comes later, over one subscription", () => {
    const { feed, streams } = feedBench();
    const heard: string[] = [];
    feed.watch((value) => heard.push(`a${value}`));
    expect([heard, feed.latest()]).toEqual([[], null]);
    feed.offer(1);
    feed.watch((value) => heard.push(`b${value}`));
    feed.offer(2);
    expect(heard).toEqual(["a1", "b1", "a2", "b2"]);
    expect(feed.latest()).toBe(2);
    expect(streams).toHaveLength(1);
  });

  test("of before is not told once nobody watched: it may have changed since", () => {
    const { feed, streams } = feedBench();
    const heard: number[] = [];
    const stop = feed.watch((value) => heard.push(value));
    const stopOther = feed.watch(() => {});
    feed.offer(1);
    stop();
    expect(streams).toEqual([{ closed: false }]);
    stopOther();
    expect(streams).toEqual([{ closed: true }]);
    feed.offer(2);
    expect(feed.latest()).toBeNull();
    feed.watch((value) => heard.push(value));
    expect(heard).toEqual([1]);
    expect(streams).toEqual([{ closed: true }, { closed: false }]);
  });

  test("that a listener throws at is told to the others, also at once", () => {
    const { feed } = feedBench();
    const reported = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
    const heard: number[] = [];
    const broken = () => {
      throw new Error("mine");
    };
    feed.watch(broken);
    feed.watch((value) => heard.push(value));
    feed.offer(1);
    feed.watch(broken);
    expect([heard, reported.mock.calls.length]).toEqual([[1], 2]);
    reported.mockRestore();
  });
});

test("what is only live goes to who listens now, over one subscription that ends with the last", () => {
  const streams: { closed: boolean }[] = [];
  const feed = createLiveFeed<number>(() => {
    const stream = { closed: false };
    streams.push(stream);
    return { restart: () => {}, close: () => void Object.assign(stream, { closed: true }) };
  });
  const heard: string[] = [];
  const stop = feed.watch((value) => heard.push(`a${value}`));
  feed.offer(1);
  const stopOther = feed.watch((value) => heard.push(`b${value}`));
  feed.offer(2);
  stop();
  feed.offer(3);
  expect(streams).toEqual([{ closed: false }]);
  stopOther();
  feed.offer(4);
  expect(heard).toEqual(["a1", "a2", "b2", "b3"]);
  expect(streams).toEqual([{ closed: true }]);
  feed.watch((value) => heard.push(`c${value}`));
  feed.offer(5);
  expect([heard.at(-1), streams.length]).toEqual(["c5", 2]);
});
