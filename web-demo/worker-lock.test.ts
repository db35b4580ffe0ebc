import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { messagePort } from "../src/bridge/ports/message-port.ts";
import type { BridgePort } from "../src/bridge/ports/port.ts";
import {
  createLockSpace,
  deniedLocks,
  type LockClient,
  type LockSpace,
  namesOf,
} from "../src/storage/testing/lock-space.ts";
import { closedWithWorker, holdWhileRunning } from "./worker-lock.ts";

const LOCK = "hearback.worker.1";

let space: LockSpace;
let page: LockClient;
let inWorker: LockClient;
let worker: EventTarget;
let port: BridgePort;
let far: BridgePort;
const told: string[] = [];

beforeEach(() => {
  space = createLockSpace();
  [page, inWorker] = [space.client(), space.client()];
  vi.stubGlobal("navigator", { locks: page.locks });
  worker = new EventTarget();
  const { port1, port2 } = new MessageChannel();
  far = messagePort(port2);
  port = closedWithWorker(messagePort(port1), worker as Worker, LOCK);
  told.length = 0;
  port.onClose(() => told.push("closed"));
});
afterEach(() => {
  port.close();
  far.close();
  vi.unstubAllGlobals();
});

const say = (data: unknown) => worker.dispatchEvent(new MessageEvent("message", { data }));
const waiting = () => namesOf(page.locks, "pending");
const held = () => namesOf(page.locks, "held");
const soon = (check: () => void | Promise<void>) => vi.waitFor(check, 10_000);
/** Whatever locks still have to call back for has been called. */
const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
};

/** The worker starts, and the page knows that it holds its lock. */
async function start(): Promise<void> {
  holdWhileRunning(LOCK, { postMessage: (data) => void setTimeout(() => say(data)) }, inWorker.locks);
  await soon(async () => expect(await waiting()).toEqual([LOCK]));
}

describe("closedWithWorker", () => {
  it("carries messages both ways while the worker runs", async () => {
    await start();
    const heard: unknown[] = [];
    far.onMessage((message) => {
      heard.push(message);
      far.post("back");
    });
    port.onMessage((message) => heard.push(message));
    port.post("there");
    await soon(() => expect(heard).toEqual(["there", "back"]));
    expect([told, await held()]).toEqual([[], [LOCK]]);
  });

  it("closes the port, and says so once, when the worker is gone", async () => {
    let farClosed = 0;
    far.onMessage(() => {});
    far.onClose(() => farClosed++);
    await start();
    inWorker.end();
    await soon(() => expect(told).toEqual(["closed"]));
    await soon(() => expect(farClosed).toBe(1));
    expect([told, await held(), await waiting()]).toEqual([["closed"], [], []]);
  });

  it("does not ask for the lock before the worker has it: it would get it, and think the worker gone", async () => {
    say("something else");
    await turns();
    expect([await held(), await waiting(), told]).toEqual([[], [], []]);
    await start();
    inWorker.end();
    await soon(() => expect(told).toEqual(["closed"]));
  });

  it("waits for the worker no more once the other end has closed", async () => {
    await start();
    port.onMessage(() => {});
    far.close();
    await soon(() => expect(told).toEqual(["closed"]));
    expect(await waiting()).toEqual([]);
    inWorker.end();
    await turns();
    expect(told).toEqual(["closed"]);
  });

  it("tells nobody of a close of one's own, and waits for the worker no more", async () => {
    await start();
    port.close();
    expect(await waiting()).toEqual([]);
    say("lock held");
    inWorker.end();
    await turns();
    expect([told, await held(), await waiting()]).toEqual([[], [], []]);
  });

  it("tells every listener, but for those that left", async () => {
    const leave = port.onClose(() => told.push("left"));
    port.onClose(() => told.push("another"));
    leave();
    await start();
    inWorker.end();
    await soon(() => expect(told).toEqual(["closed", "another"]));
  });
});

describe("holdWhileRunning", () => {
  it("says that the lock is held when it is, which is for good", async () => {
    const said: unknown[] = [];
    let letGo = (): void => {};
    void page.locks.request(LOCK, () => new Promise<void>((resolve) => (letGo = resolve)));
    await turns();
    holdWhileRunning(LOCK, { postMessage: (message) => said.push(message) }, inWorker.locks);
    await turns();
    expect(said).toEqual([]);
    letGo();
    await turns();
    expect(said).toHaveLength(1);
    expect(await held()).toEqual([LOCK]);
  });

  it("harms nobody where locks are denied", async () => {
    const said: unknown[] = [];
    holdWhileRunning(LOCK, { postMessage: (message) => said.push(message) }, deniedLocks());
    vi.stubGlobal("navigator", { locks: deniedLocks() });
    say("lock held");
    await turns();
    expect([said, told]).toEqual([[], []]);
  });
});
