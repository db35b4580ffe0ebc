import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectHost } from "../../src/bridge/client/connect-host.ts";
import { runtimePort } from "../../src/bridge/ports/runtime-port.ts";
import { runtimePortPair } from "../../src/bridge/testing/runtime-port-pair.ts";
import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { expectCode, QUICK, until } from "../../src/channel/testing/contract-fixture.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import { StorageError } from "../../src/storage/port.ts";
import { createMemoryNetwork } from "../../src/transport/memory/memory-network.ts";
import { BEGIN_AGAIN_AFTER_MS, createHostKeeper, type HostKeeper } from "./host-keeper.ts";

const FAST = { firstDelayMs: 1, maxDelayMs: 10, attempts: 100, helloTimeoutMs: 5_000 };

let now: number;
let opened: number;
let open: () => Promise<ChannelHost>;
let breakIt: () => void;
let watched: number;
let viewCounts: number[];
let keeper: HostKeeper;
const views: ChannelHost[] = [];

beforeEach(() => {
  now = 1_000_000;
  opened = 0;
  watched = 0;
  // Of this test only: views of the last one may still be leaving.
  const counts: number[] = [];
  viewCounts = counts;
  const network = createMemoryNetwork();
  const storage = createMemoryStorage();
  open = async () => {
    // Closing a host closes its storage; what was written stays, as a database does.
    const lasting = { ...bound(storage), close: async () => {} };
    return createChannelHost({ storage: lasting, openTransport: () => network.transport() });
  };
  keeper = createHostKeeper({
    open: () => {
      opened++;
      return open();
    },
    watch: (_host, onBroken) => {
      watched++;
      breakIt = onBroken;
      return () => watched--;
    },
    onViews: (count) => counts.push(count),
    now: () => now,
  });
});
afterEach(async () => {
  for (const view of views.splice(0)) await view.close();
});

function bound<T extends object>(object: T): T {
  return new Proxy(object, {
    ownKeys: () => methodsOf(object),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (target, name) => {
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function methodsOf(object: object): string[] {
  const prototype = Object.getPrototypeOf(object) as object;
  return [...new Set([...Object.keys(object), ...Object.getOwnPropertyNames(prototype)])].filter(
    (name) => name !== "constructor",
  );
}

/** A page of the extension: it connects as one does, and again when it is cut off. */
function openView(): ChannelHost {
  const view = connectHost(
    () => {
      const [page, worker] = runtimePortPair();
      keeper.serve(runtimePort(worker));
      return runtimePort(page);
    },
    { reconnect: FAST },
  );
  views.push(view);
  return view;
}

describe("createHostKeeper", () => {
  it("opens one host for all that ask at the same time", async () => {
    keeper.start();
    keeper.start();
    const [one, two] = [openView(), openView()];
    const channel = await one.create(QUICK);
    expect((await two.channels()).map(({ id }) => id)).toEqual([channel.id]);
    expect(opened).toBe(1);
  });

  it("counts the views that are open", async () => {
    const [one, two] = [openView(), openView()];
    await one.channels();
    await two.channels();
    expect(keeper.openViews).toBe(2);
    await one.close();
    await until("one is gone", () => keeper.openViews === 1);
    await two.close();
    await until("both are gone", () => keeper.openViews === 0);
    expect(viewCounts).toEqual([1, 2, 1, 0]);
  });

  it("serves a view that comes and goes while the host is still opened", async () => {
    let letOpen = (): void => {};
    const gate = new Promise<void>((resolve) => {
      letOpen = resolve;
    });
    const openNow = open;
    open = () => gate.then(openNow);
    const early = openView();
    const waiting = early.channels();
    const gone = openView();
    await gone.close();
    letOpen();
    expect(await waiting).toEqual([]);
    await until("only one is open", () => keeper.openViews === 1);
  });

  it("says why storage cannot be opened, and tries again for a later view", async () => {
    const openNow = open;
    open = () => Promise.reject(new StorageError("blocked", "Site data is blocked: allow it, then reload."));
    const [one, two] = [openView(), openView()];
    await expectCode(one.channels(), "storage", "without storage");
    await expectCode(two.channels(), "storage", "without storage");
    expect(opened).toBe(1);
    open = openNow;
    now += BEGIN_AGAIN_AFTER_MS;
    expect(await openView().channels()).toEqual([]);
    // Those that were there before are connected to the new one, without a reload.
    expect(await one.channels()).toEqual([]);
    expect(await two.channels()).toEqual([]);
    expect(opened).toBe(2);
  });

  it("begins anew after storage failed: all views go on with what was written", async () => {
    const [one, two] = [openView(), openView()];
    const channel = await one.create(QUICK);
    breakIt();
    now += BEGIN_AGAIN_AFTER_MS;
    keeper.start();
    for (const view of [one, two]) {
      await until("the channel is back", async () => (await view.channels())[0]?.id === channel.id);
      await view.open(channel.id).send({ requestId: `after ${Math.random()}`, type: "chat", text: "going on" });
    }
    expect(opened).toBe(2);
    expect(watched).toBe(1);
  });

  it("is begun anew once, however many ask for it at the same time", async () => {
    const view = openView();
    await view.channels();
    breakIt();
    now += BEGIN_AGAIN_AFTER_MS;
    keeper.start();
    keeper.start();
    const other = openView();
    expect(await other.channels()).toEqual([]);
    expect(await view.channels()).toEqual([]);
    expect([opened, watched]).toEqual([2, 1]);
  });

  it("is not begun anew while it works, nor before its time after it was begun", async () => {
    const view = openView();
    await view.channels();
    now += 100 * BEGIN_AGAIN_AFTER_MS;
    keeper.start();
    await openView().channels();
    expect(opened).toBe(1);
    breakIt();
    // Time counts from the beginning, not from the breaking.
    now -= 99 * BEGIN_AGAIN_AFTER_MS + 1;
    keeper.start();
    await openView().channels();
    expect(opened).toBe(1);
    now += 1;
    keeper.start();
    await openView().channels();
    expect(opened).toBe(2);
  });

  it("closes the broken host, and goes on though that fails", async () => {
    const openNow = open;
    const closed: number[] = [];
    open = async () => {
      const host = await openNow();
      const number = opened;
      const close = async (): Promise<never> => {
        closed.push(number);
        await host.close();
        throw new StorageError("failed", "The disk is broken.");
      };
      return { ...host, close };
    };
    const view = openView();
    const channel = await view.create(QUICK);
    breakIt();
    now += BEGIN_AGAIN_AFTER_MS;
    keeper.start();
    expect((await openView().channels()).map(({ id }) => id)).toEqual([channel.id]);
    expect([closed, opened]).toEqual([[1], 2]);
  });

  it("does not begin anew again just because the views that it cut off come back", async () => {
    open = () => Promise.reject(new StorageError("failed", "The disk is broken."));
    const [one, two] = [openView(), openView()];
    await expectCode(one.channels(), "storage", "without storage");
    now += BEGIN_AGAIN_AFTER_MS;
    const three = openView();
    for (const view of [one, two, three]) await expectCode(view.channels(), "storage", "still without storage");
    expect(opened).toBe(2);
  });
});
