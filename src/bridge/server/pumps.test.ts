import { describe, expect, test } from "vitest";
import type { ChannelEvent } from "../../channel/api/channel-client.ts";
import { EVENT_WINDOW } from "../protocol/protocol.ts";
import { CHANNEL, createTestHost } from "../testing/test-host.ts";
import { createEventPump } from "./event-pump.ts";
import { createLivePump } from "./live-pump.ts";
import { createValuePump } from "./value-pump.ts";

/** Something to watch, as hosts offer it. */
function source<T>() {
  const listeners = new Set<(value: T) => void>();
  return {
    watch(listener: (value: T) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (value: T) => {
      for (const listener of [...listeners]) listener(value);
    },
    /** What was under way when it was let go may still come. */
    held: () => [...listeners],
    live: () => listeners.size,
  };
}

describe("a state", () => {
  test("goes one at a time, then only the latest", () => {
    const { watch, tell } = source<number>();
    const posted: number[] = [];
    const pump = createValuePump(watch, (value) => posted.push(value));
    for (const value of [1, 2, 3]) tell(value);
    expect(posted).toEqual([1]);
    pump.received(1);
    expect(posted).toEqual([1, 3]);
    pump.received(1);
    expect(posted).toEqual([1, 3]);
    tell(4);
    expect(posted).toEqual([1, 3, 4]);
  });

  test("that waits does not go any more after the stop, nor does a late one", () => {
    const { watch, tell, live, held } = source<number>();
    const posted: number[] = [];
    const pump = createValuePump(watch, (value) => posted.push(value));
    const late = held();
    tell(1);
    tell(2);
    pump.stop();
    expect(live()).toBe(0);
    pump.received(1);
    for (const listener of late) listener(3);
    pump.received(1);
    expect(posted).toEqual([1]);
  });
});

describe("what is only live", () => {
  test("goes while there is room, and what does not is missed", () => {
    const { watch, tell, live } = source<number>();
    const posted: number[] = [];
    const pump = createLivePump(watch, (value) => posted.push(value));
    for (let value = 1; value <= EVENT_WINDOW + 10; value++) tell(value);
    expect([posted.length, posted.at(-1)]).toEqual([EVENT_WINDOW, EVENT_WINDOW]);
    pump.received(2);
    for (const value of [901, 902, 903]) tell(value);
    expect(posted.slice(EVENT_WINDOW)).toEqual([901, 902]);
    // More room than was taken is no room for later.
    pump.received(10 * EVENT_WINDOW);
    for (let value = 1; value <= EVENT_WINDOW + 10; value++) tell(value);
    expect(posted).toHaveLength(EVENT_WINDOW + 2 + EVENT_WINDOW);
    pump.stop();
    expect(live()).toBe(0);
  });
});

describe("events", () => {
  const seqs = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  function bench(afterSeq = 0) {
    const host = createTestHost();
    const posted: number[] = [];
    const post = (event: ChannelEvent) => posted.push(event.seq);
    return { host, posted, start: () => createEventPump(host.open(CHANNEL), afterSeq, post) };
  }

  test("that fill the window while the subscription begins end it at once, and go on from there", () => {
    const { host, posted, start } = bench();
    host.emit(EVENT_WINDOW + 10);
    const pump = start();
    expect(posted).toEqual(seqs(1, EVENT_WINDOW));
    expect(host.live()).toBe(0);
    pump.received(EVENT_WINDOW);
    expect(posted).toEqual(seqs(1, EVENT_WINDOW + 10));
    expect(host.live()).toBe(1);
    pump.stop();
    expect(host.live()).toBe(0);
  });

  test("begin after the place that was asked for", () => {
    const { host, posted, start } = bench(4);
    host.emit(6);
    start();
    expect(posted).toEqual([5, 6]);
  });

  test("more room than was taken opens no second subscription, nor does room after the stop", () => {
    const { host, posted, start } = bench();
    const pump = start();
    host.emit(3);
    pump.received(1_000);
    pump.received(1_000);
    expect(host.live()).toBe(1);
    // The window is as wide as before.
    host.emit(EVENT_WINDOW + 1);
    expect(posted).toEqual(seqs(1, EVENT_WINDOW + 3));
    expect(host.live()).toBe(0);
    pump.stop();
    pump.received(1_000);
    expect(host.live()).toBe(0);
    expect(posted).toHaveLength(EVENT_WINDOW + 3);
  });
});
