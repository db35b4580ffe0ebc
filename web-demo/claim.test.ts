import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deniedLocks, namesOf } from "../src/storage/testing/lock-space.ts";
import { claimForTab, claimParticipant, openParticipants, wasReloaded } from "./claim.ts";
import { type Browser, createBrowser, type TabOfBrowser } from "./testing/browser.ts";

let browser: Browser;
let one: TabOfBrowser;
let two: TabOfBrowser;

beforeEach(() => {
  browser = createBrowser();
  two = browser.openTab();
  one = browser.openTab();
});
afterEach(() => browser.close());

describe("claimParticipant", () => {
  it("has one tab at a time for each participant, until that lets go", async () => {
    const claim = await claimParticipant("ada", 0);
    expect(claim?.participant).toBe("ada");
    two.toFront();
    expect(await claimParticipant("ada", 0)).toBeNull();
    expect((await claimParticipant("ben", 0))?.participant).toBe("ben");
    claim?.release();
    expect((await claimParticipant("ada", 50))?.participant).toBe("ada");
  });

  it("waits for one that lets go in time, and for no longer", async () => {
    const claim = await claimParticipant("ada", 0);
    two.toFront();
    expect(await claimParticipant("ada", 700)).toBeNull();
    expect(browser.waits).toEqual([700]);
    expect(await namesOf(browser.locks, "pending")).toEqual([]);
    // It does not get it behind everybody's back later.
    claim?.release();
    await vi.waitFor(async () => expect(await openParticipants()).toEqual(new Set()), 10_000);
    expect(await claimParticipant("ada", 0)).not.toBeNull();
  });

  it("ends with the tab", async () => {
    await claimParticipant("ada", 0);
    two.toFront();
    const waiting = claimParticipant("ada", 700);
    one.client.end();
    expect(await waiting).not.toBeNull();
  });

  it("is given where site data is blocked, as there is nothing to guard; other failures are told", async () => {
    vi.stubGlobal("navigator", { locks: deniedLocks() });
    const claim = await claimParticipant("ada", 0);
    expect(claim?.participant).toBe("ada");
    claim?.release();
    const broken = { request: () => Promise.reject(new Error("out of memory")) };
    vi.stubGlobal("navigator", { locks: broken });
    await expect(claimParticipant("ada", 0)).rejects.toThrow("out of memory");
  });
});

describe("claimForTab", () => {
  it("makes somebody new of a tab that remembers nobody, each time another one", async () => {
    const claims = [await claimForTab(null, false), await claimForTab(null, true)];
    for (const claim of claims) expect(claim).toMatchObject({ fresh: true, duplicateOf: null });
    expect(new Set(claims.map(({ participant }) => participant)).size).toBe(2);
    expect(browser.waits).toEqual([]);
  });

  it.each([
    [true, 5_000],
    [false, 700],
  ])("is who it was (reloaded: %s), and waits up to %i ms for the page before", async (reloaded, waits) => {
    await claimParticipant("ada", 0);
    two.toFront();
    const claiming = claimForTab("ada", reloaded);
    one.client.end();
    expect(await claiming).toMatchObject({ participant: "ada", fresh: false, duplicateOf: null });
    expect(browser.waits).toEqual([waits]);
  });

  it("is somebody new when another tab is who it remembers, and knows whose duplicate it is", async () => {
    await claimParticipant("ada", 0);
    two.toFront();
    const claim = await claimForTab("ada", false);
    expect(claim).toMatchObject({ fresh: true, duplicateOf: "ada" });
    expect(claim.participant).not.toBe("ada");
    expect(await openParticipants()).toEqual(new Set(["ada", claim.participant]));
    claim.release();
    await vi.waitFor(async () => expect(await openParticipants()).toEqual(new Set(["ada"])), 10_000);
  });
});

describe("openParticipants", () => {
  it("are those that tabs hold now, not who waits, and no other lock", async () => {
    expect(await openParticipants()).toEqual(new Set());
    await claimParticipant("ada", 0);
    void one.client.locks.request("hearback.worker.x", () => new Promise(() => {}));
    void one.client.locks.request("x", () => new Promise(() => {}));
    two.toFront();
    void claimParticipant("ada", 700);
    await claimParticipant("ben", 0);
    expect(await openParticipants()).toEqual(new Set(["ada", "ben"]));
  });
});

describe("wasReloaded", () => {
  it("is what the browser says of the page", () => {
    browser.openTab({ reloaded: true });
    expect(wasReloaded()).toBe(true);
    browser.openTab({ reloaded: false });
    expect(wasReloaded()).toBe(false);
    vi.spyOn(performance, "getEntriesByType").mockReturnValue([]);
    expect(wasReloaded()).toBe(false);
  });
});
