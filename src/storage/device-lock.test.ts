import { describe, expect, it } from "vitest";
import { claimWriter } from "./device-lock.ts";
import { createLockSpace, deniedLocks, namesOf } from "./testing/lock-space.ts";

const DATABASE = "hearback";
const LOCK = "hearback/writer/hearback";

function twoTabs() {
  const space = createLockSpace();
  return [space.client(), space.client()] as const;
}

describe("claimWriter", () => {
  it("has one writer at a time for each database, also within one tab", async () => {
    const [one, two] = twoTabs();
    expect(await claimWriter(one.locks, DATABASE)).not.toBeNull();
    expect(await claimWriter(two.locks, DATABASE)).toBeNull();
    expect(await claimWriter(one.locks, DATABASE)).toBeNull();
    expect(await claimWriter(two.locks, "another")).not.toBeNull();
    expect(await namesOf(one.locks, "held")).toEqual(["hearback/writer/another", LOCK]);
    // Who got nothing waits for nothing.
    expect(await namesOf(one.locks, "pending")).toEqual([]);
  });

  it("can be claimed by others as soon as the release resolves, which may be asked for twice", async () => {
    const [one, two] = twoTabs();
    const claim = await claimWriter(one.locks, DATABASE);
    await Promise.all([claim?.release(), claim?.release()]);
    expect(await namesOf(two.locks, "held")).toEqual([]);
    const next = await claimWriter(two.locks, DATABASE);
    expect(next).not.toBeNull();
    // The old claim has nothing to give back any more.
    await claim?.release();
    expect(await claimWriter(one.locks, DATABASE)).toBeNull();
  });

  it("ends with its holder", async () => {
    const [one, two] = twoTabs();
    await claimWriter(one.locks, DATABASE);
    one.end();
    expect(await claimWriter(two.locks, DATABASE)).not.toBeNull();
  });

  it("that was stolen is released without an error, and takes nothing from the thief", async () => {
    const [one, two] = twoTabs();
    const claim = await claimWriter(one.locks, DATABASE);
    const stolen = new Promise<void>((resolve) => {
      void two.locks.request(LOCK, { steal: true }, () => {
        resolve();
        return new Promise(() => {});
      });
    });
    await stolen;
    await claim?.release();
    expect(await namesOf(one.locks, "held")).toEqual([LOCK]);
  });

  it("says why a browser gives no locks", async () => {
    await expect(claimWriter(deniedLocks(), DATABASE)).rejects.toMatchObject({ name: "SecurityError" });
  });
});
