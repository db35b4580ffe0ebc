import { describe, expect, it } from "vitest";
import { claimWriter } from "./device-lock.ts";

/** Locks as a browser gives them, of one name each at a time; `steal` takes one away from who holds it. */
function fakeLocks() {
  const held = new Map<string, (error: Error) => void>();
  const asked: string[] = [];
  const request = async (name: string, options: LockOptions, run: (lock: Lock | null) => Promise<void>) => {
    asked.push(name);
    if (options.ifAvailable !== true) throw new Error("It would wait.");
    if (held.has(name)) return run(null);
    const stolen = new Promise<never>((_resolve, reject) => held.set(name, reject));
    try {
      await Promise.race([run({ name, mode: "exclusive" }), stolen]);
    } finally {
      held.delete(name);
    }
  };
  const steal = (name: string) => held.get(name)?.(new DOMException("It was stolen.", "AbortError"));
  return { locks: { request } as unknown as LockManager, held, asked, steal };
}

describe("a claim to write", () => {
  it("is given to one at a time, per database, and to the next when it is released", async () => {
    const { locks, held, asked } = fakeLocks();
    const first = await claimWriter(locks, "a");
    expect(first).not.toBeNull();
    expect(await claimWriter(locks, "a")).toBeNull();
    expect(await claimWriter(locks, "b")).not.toBeNull();
    await first?.release();
    expect([...held.keys()]).toEqual(["hearback/writer/b"]);
    await first?.release();
    expect(await claimWriter(locks, "a")).not.toBeNull();
    expect(asked[0]).toBe("hearback/writer/a");
  });

  it("is released when it was stolen, without an error", async () => {
    const { locks, steal } = fakeLocks();
    const claim = await claimWriter(locks, "a");
    steal("hearback/writer/a");
    await expect(claim?.release()).resolves.toBeUndefined();
  });

  it("rejects where the browser gives no locks", async () => {
    const locks = { request: () => Promise.reject(new DOMException("Denied.", "SecurityError")) };
    await expect(claimWriter(locks as unknown as LockManager, "a")).rejects.toThrow("Denied.");
  });
});
