import { describe, expect, it } from "vitest";
import { createLockSpace, namesOf } from "./testing/lock-space.ts";

/** The lock space of the tests does what the standard says: what is tested with it is worth no more than this. */
describe("createLockSpace", () => {
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  /** Holds a lock until told to let go. */
  function holder(locks: LockManager, options: LockOptions = {}, name = "a") {
    const log: string[] = [];
    let letGo = (): void => {};
    const done = locks
      .request(name, options, (lock) => {
        log.push(lock === null ? "none" : lock.mode);
        return lock === null
          ? "none"
          : new Promise<string>((resolve) => {
              letGo = () => resolve("done");
            });
      })
      .then(
        (result) => void log.push(result),
        (error: unknown) => void log.push(error instanceof DOMException ? error.name : String(error)),
      );
    return { log, letGo: () => letGo(), done };
  }

  it("gives a name to one at a time, in the order of asking, other names meanwhile", async () => {
    const space = createLockSpace();
    const [one, two] = [space.client(), space.client()];
    const all = [holder(one.locks), holder(two.locks), holder(one.locks)] as const;
    const other = holder(two.locks, {}, "b");
    await turn();
    expect(all.map(({ log }) => log)).toEqual([["exclusive"], [], []]);
    expect(other.log).toEqual(["exclusive"]);
    expect([await namesOf(one.locks, "held"), await namesOf(one.locks, "pending")]).toEqual([
      ["a", "b"],
      ["a", "a"],
    ]);
    for (const [index, each] of all.entries()) {
      each.letGo();
      await each.done;
      await turn();
      expect(each.log).toEqual(["exclusive", "done"]);
      expect(all[index + 1]?.log ?? ["exclusive"]).toEqual(["exclusive"]);
    }
  });

  it("calls back later, also when it is free", () => {
    const { log } = holder(createLockSpace().client().locks);
    expect(log).toEqual([]);
  });

  it("lets readers in together, and none past a writer who waits", async () => {
    const { locks } = createLockSpace().client();
    const shared = { mode: "shared" } as const;
    const [first, second, writer, late] = [
      holder(locks, shared),
      holder(locks, shared),
      holder(locks),
      holder(locks, shared),
    ];
    await turn();
    expect([first.log, second.log, writer.log, late.log]).toEqual([["shared"], ["shared"], [], []]);
    for (const reader of [first, second]) reader.letGo();
    await Promise.all([first.done, second.done]);
    await turn();
    expect([writer.log, late.log]).toEqual([["exclusive"], []]);
  });

  it("gives nothing to who would have to wait and does not want to", async () => {
    const { locks } = createLockSpace().client();
    const ifAvailable = { ifAvailable: true };
    const first = holder(locks, ifAvailable);
    const second = holder(locks, ifAvailable);
    await second.done;
    expect([first.log, second.log]).toEqual([["exclusive"], ["none", "none"]]);
  });

  it("forgets a request whose signal aborts, with its reason, until it is granted", async () => {
    const { locks } = createLockSpace().client();
    const first = holder(locks);
    const [waiting, granted] = [new AbortController(), new AbortController()];
    const second = holder(locks, { signal: waiting.signal });
    const third = holder(locks, { signal: granted.signal });
    await turn();
    waiting.abort(new DOMException("Enough.", "TimeoutError"));
    await second.done;
    expect(second.log).toEqual(["TimeoutError"]);
    first.letGo();
    await first.done;
    await turn();
    granted.abort();
    await turn();
    expect(third.log).toEqual(["exclusive"]);
    const late = holder(locks, { signal: AbortSignal.abort() });
    await late.done;
    expect(late.log).toEqual(["AbortError"]);
  });

  it("lets a thief in at once, and tells who lost it", async () => {
    const space = createLockSpace();
    const owner = holder(space.client().locks);
    await turn();
    const thief = holder(space.client().locks, { steal: true });
    await owner.done;
    await turn();
    expect([owner.log, thief.log]).toEqual([["exclusive", "AbortError"], ["exclusive"]]);
    // What the owner ends now frees nothing.
    owner.letGo();
    const next = holder(space.client().locks, { ifAvailable: true });
    await next.done;
    expect(next.log).toEqual(["none", "none"]);
  });

  it("frees what a page held that is gone, forgets what it asked for, and calls nothing of it", async () => {
    const space = createLockSpace();
    const [gone, left] = [space.client(), space.client()];
    const held = holder(gone.locks);
    await turn();
    const asked = holder(gone.locks);
    const next = holder(left.locks);
    gone.end();
    await turn();
    expect([held.log, asked.log, next.log]).toEqual([["exclusive"], [], ["exclusive"]]);
    expect([await namesOf(left.locks, "held"), await namesOf(left.locks, "pending")]).toEqual([["a"], []]);
  });

  it("frees the lock of a callback that throws, and passes its error on", async () => {
    const { locks } = createLockSpace().client();
    await expect(locks.request("a", () => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
    expect(await namesOf(locks, "held")).toEqual([]);
  });

  it.each<[string, string, LockOptions]>([
    ["a name that is reserved", "-a", {}],
    ["to steal and not to wait", "a", { steal: true, ifAvailable: true }],
    ["to steal together", "a", { steal: true, mode: "shared" }],
    ["to give up waiting and not to wait", "a", { signal: new AbortController().signal, ifAvailable: true }],
  ])("refuses %s", async (_, name, options) => {
    const { locks } = createLockSpace().client();
    await expect(locks.request(name, options, () => {})).rejects.toMatchObject({ name: "NotSupportedError" });
  });
});
