import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { en } from "../strings/en.ts";
import { ANNOUNCE_EVERY_MS, createAnnouncer, excerpt } from "./delivery-announcements.ts";

describe("createAnnouncer", () => {
  let polite: string[];
  let assertive: string[];
  const create = () =>
    createAnnouncer(en, { polite: (text) => polite.push(text), assertive: (text) => assertive.push(text) });

  beforeEach(() => {
    vi.useFakeTimers();
    polite = [];
    assertive = [];
  });
  afterEach(() => vi.useRealTimers());

  it("speaks the first change at once and the rest at most once in three seconds", () => {
    const announcer = create();
    announcer.announce("a", "one", { kind: "received", k: 1, n: 2 });
    expect(polite).toEqual(['"one": Received by 1 of 2']);
    announcer.announce("a", "one", { kind: "everyone", n: 2 });
    announcer.announce("b", "two", { kind: "everyone", n: 2 });
    announcer.announce("c", "three", { kind: "received", k: 1, n: 2 });
    vi.advanceTimersByTime(ANNOUNCE_EVERY_MS - 1);
    expect(polite).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(polite[1]).toBe('2 of your messages: Received by all 2. "three": Received by 1 of 2');
    vi.advanceTimersByTime(10 * ANNOUNCE_EVERY_MS);
    expect(polite).toHaveLength(2);
  });

  it("speaks failures at once", () => {
    const announcer = create();
    announcer.announce("a", "one", { kind: "everyone", n: 1 });
    announcer.announce("b", "two", { kind: "failed", reason: "too large" });
    expect(assertive).toEqual(['"two": Not sent - too large']);
  });

  it("does not say later what a failure has made untrue", () => {
    const announcer = create();
    announcer.announce("a", "one", { kind: "everyone", n: 1 });
    announcer.announce("b", "two", { kind: "unconfirmed" });
    announcer.announce("b", "two", { kind: "failed", reason: "too large" });
    vi.advanceTimersByTime(10 * ANNOUNCE_EVERY_MS);
    expect([polite.length, assertive.length]).toEqual([1, 1]);
  });

  it("is silent about the steps on the way", () => {
    const announcer = create();
    announcer.announce("a", "one", { kind: "queued" });
    announcer.announce("a", "one", { kind: "sending", attempt: 1 });
    announcer.announce("a", "one", { kind: "sent" });
    vi.advanceTimersByTime(ANNOUNCE_EVERY_MS);
    expect([...polite, ...assertive]).toEqual([]);
  });

  it("leaves no timer behind", () => {
    const announcer = create();
    announcer.announce("a", "one", { kind: "everyone", n: 1 });
    announcer.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("excerpt", () => {
  it("takes the first line, cut to a length that can be listened to", () => {
    expect(excerpt("  hello\nworld")).toBe("hello");
    expect(excerpt("x".repeat(100))).toHaveLength(40);
  });
});
