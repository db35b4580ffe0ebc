import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { StorageError } from "../../storage/port.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelClient, MessageView } from "../api/channel-client.ts";
import type { ChannelHost, CreateRequest } from "../api/channel-host.ts";
import { createChannelHost } from "../host/host.ts";
import { benMessage, createSmallDisk, type SmallDisk, writeHistory } from "../testing/small-disk.ts";
import { createDiskSpace } from "./disk-space.ts";

const HISTORY = 5_000;
const HARBOUR: CreateRequest = {
  ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters: {} },
};
const clock = createVirtualClock(1_800_000_000_000);
/** Timers fire at fractions of a millisecond, which no clock outside shows. */
const wholeClock: Clock = { now: () => Math.floor(clock.now()), schedule: (ms, run) => clock.schedule(ms, run) };
const open = new Set<ChannelHost>();

afterEach(async () => {
  const hosts = [...open];
  open.clear();
  for (const host of hosts) await host.close();
});

function hostOn(storage: SmallDisk, isAttended = true): ChannelHost {
  const network = createMemoryNetwork({ clock });
  const host = createChannelHost({
    ...{ storage, clock: wholeClock, openTransport: () => network.transport(), isAttended: () => isAttended },
  });
  open.add(host);
  return host;
}

interface Crowded {
  /** Ada's process starts, anew if it ran before. */
  start(isAttended?: boolean): { readonly disk: SmallDisk; readonly client: ChannelClient };
  /** Each message of Ben gets a summary; `first`: the number of the first that has one. */
  summarize(): Promise<{ readonly first: () => number }>;
}

/** Ada's channel holds 5,000 messages of Ben, and not one more fits. */
async function crowded(lag: number): Promise<Crowded> {
  const memory = createMemoryDisk();
  const start = (space: number): SmallDisk => createSmallDisk(createMemoryStorage(memory), space, lag);
  const empty = start(Number.POSITIVE_INFINITY);
  const host = hostOn(empty);
  const { id } = await host.create(HARBOUR);
  await writeHistory(empty, id, HISTORY);
  await host.close();
  return {
    start: (isAttended) => {
      // What was there before does not count; nothing else fits.
      const disk = start(0);
      return { disk, client: hostOn(disk, isAttended).open(id) };
    },
    summarize: async () => {
      const storage = createMemoryStorage(memory);
      const { messages } = await storage.load(id);
      const ofBen = messages.filter(({ mine }) => !mine);
      const summaries = ofBen.map(({ lamport }) => ({ lamport, bytes: new Uint8Array(9) }));
      await storage.commit(
        id,
        summaries.map((record) => ({ op: "put", table: "summary", record }) as const),
        "strict",
      );
      const start = Math.min(...ofBen.map(({ lamport }) => lamport));
      return { first: () => (memory.channels.get(id)?.tables.firstSummary() ?? 0) - start };
    },
  };
}

/** Lets virtual time pass until it is settled. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  const end = (): void => {
    done = true;
  };
  promise.then(end, end);
  await clock.runUntilDone(() => done, 120_000);
  return promise;
}

async function say(client: ChannelClient, text: string): Promise<void> {
  await client.snapshot(1);
  await settled(client.send({ requestId: text, type: "chat", text }));
}

async function ofBen(client: ChannelClient): Promise<MessageView[]> {
  return (await everybodys(client)).filter(({ mine }) => !mine);
}

async function everybodys(client: ChannelClient): Promise<MessageView[]> {
  const found: MessageView[] = [];
  let { page } = await client.snapshot(500);
  for (;;) {
    const views = page.entries.flatMap((entry) => (entry.kind === "message" ? [entry] : []));
    found.unshift(...views);
    const [first] = views;
    if (!page.more || first === undefined) return found;
    page = await client.page(first, 500);
  }
}

const kept = (views: readonly MessageView[]): number => views.filter(({ textKept }) => textKept).length;

describe("a channel on a full disk", () => {
  it("gives up its oldest texts and goes on; the messages keep their place", async () => {
    const { disk, client } = (await crowded(1)).start();
    await say(client, "one");
    expect(disk.refused).toBe(1);
    const views = await ofBen(client);
    expect(views.map(({ id }) => id)).toEqual(Array.from({ length: HISTORY }, (_, n) => benMessage(n)));
    expect(views.findIndex(({ textKept }) => textKept)).toBe(1_000);
    expect(views.findLastIndex(({ textKept }) => !textKept)).toBe(999);
    expect(views[0]?.text).toBe("");
    expect(views[0]?.delivery.received).toHaveLength(1);
  });

  it("gives up another batch when the first has not helped yet", async () => {
    const { disk, client } = (await crowded(1_500)).start();
    await say(client, "one");
    expect(disk.refused).toBe(2);
    expect(kept(await ofBen(client))).toBe(HISTORY - 2_000);
  });

  it("stops with words before all is given up in vain, and goes on from there at the next start", async () => {
    const device = await crowded(3_500);
    const first = device.start();
    await expect(say(first.client, "one")).rejects.toThrow(/full/);
    expect(first.disk.refused).toBe(3);
    expect(kept(await ofBen(first.client))).toBe(HISTORY - 2_000);
    const second = device.start();
    await expect(say(second.client, "two")).rejects.toThrow(/full/);
    expect(kept(await ofBen(second.client))).toBe(HISTORY - 4_000);
    const third = device.start();
    await expect(say(third.client, "three")).rejects.toThrow(/full/);
    expect(kept(await everybodys(third.client)), "the newest thousand").toBe(1_000);
  });

  it("gives nothing up at starts of which nobody knows, however many there are", async () => {
    const device = await crowded(Number.POSITIVE_INFINITY);
    for (let start = 0; start < 5; start++) {
      const { client } = device.start(false);
      await expect(say(client, "one")).rejects.toThrow(/full/);
      expect(kept(await ofBen(client))).toBe(HISTORY);
    }
    const { client } = device.start(true);
    await expect(say(client, "one")).rejects.toThrow(/full/);
    expect(kept(await ofBen(client))).toBeLessThan(HISTORY);
  });

  it("gives up nothing more once it is closed, so that closing takes no longer than a batch", async () => {
    const { disk, client } = (await crowded(Number.POSITIVE_INFINITY)).start();
    await client.snapshot(1);
    const sent = client.send({ requestId: "one", type: "chat", text: "one" }).catch(() => "refused");
    await clock.runUntilDone(() => disk.refused > 0, 10_000);
    const [host] = [...open].slice(-1);
    const closed = host?.close();
    const before = disk.refused;
    // It waits for no pause: the clock stands still.
    expect(await Promise.all([sent, closed])).toEqual(["refused", undefined]);
    // The batch that is being given up is the last, and the write is tried once more after it.
    expect(disk.refused).toBeLessThanOrEqual(before + 1);
  });

  it("gives up what the ledger told of old messages before any text, and says so, after a restart too", async () => {
    const device = await crowded(1);
    const summaries = await device.summarize();
    expect(summaries.first()).toBe(0);
    const { disk, client } = device.start();
    await say(client, "one");
    // First the summaries of all but the newest thousand, Ada's two among them, which do not help here; then texts.
    expect(disk.refused).toBe(2);
    expect(summaries.first()).toBe(HISTORY - 998);
    expect(kept(await ofBen(client))).toBe(HISTORY - 1_000);
    const details = async (from: ChannelClient, n: number) => (await from.details(benMessage(n))).timesKept;
    expect([await details(client, 10), await details(client, HISTORY - 10)]).toEqual([false, true]);
    for (const host of open) await host.close();
    open.clear();
    const again = device.start().client;
    expect([await details(again, 10), await details(again, HISTORY - 10)]).toEqual([false, true]);
  });

  it("says after a restart what is gone", async () => {
    const device = await crowded(1);
    await say(device.start().client, "one");
    for (const host of open) await host.close();
    open.clear();
    const { client } = device.start();
    expect(kept(await ofBen(client))).toBe(HISTORY - 1_000);
    expect((await client.snapshot(1)).page.entries[0]).toMatchObject({ text: "one", textKept: true });
  });
});

/** A device with Ada's small channel beside one of 5,000 messages, and not one more text fits. */
async function crowdedByAnother(lag: number) {
  const device = await crowded(lag);
  const { disk } = device.start();
  const [host] = [...open].slice(-1);
  if (host === undefined) throw new Error("No host is open");
  return { disk, host };
}

describe("a disk that another channel fills", () => {
  it("has space for who joins or creates a channel, and for what is said there", async () => {
    const { disk, host } = await crowdedByAnother(1);
    const [crowding] = await host.channels();
    if (crowding !== undefined) await host.open(crowding.id).snapshot(1);
    const summary = await settled(host.create({ ...HARBOUR, name: "Small" }));
    expect(disk.refused).toBe(1);
    await say(host.open(summary.id), "here");
    expect(kept(await ofBen(host.open(crowding?.id ?? summary.id)))).toBe(HISTORY - 1_000);
  });
});

describe("while space is made, the clock standing still", () => {
  it("a host that joins a channel closes", async () => {
    const { disk, host } = await crowdedByAnother(Number.POSITIVE_INFINITY);
    await host.open((await host.channels())[0]?.id ?? fail()).snapshot(1);
    const joining = host.create({ ...HARBOUR, name: "Small" }).catch(() => "refused");
    expect(await clock.runUntilDone(() => disk.refused > 0, 10_000)).toBe(true);
    expect(await Promise.all([joining, host.close()])).toEqual(["refused", undefined]);
  });

  it("a host that opens a channel closes", async () => {
    const { disk, host } = await crowdedByAnother(Number.POSITIVE_INFINITY);
    await host.open((await host.channels())[0]?.id ?? fail()).snapshot(1);
    // What is written first of a channel that is opened does not fit.
    Object.assign(disk, { putDevice: async () => {} });
    const joining = host.create({ ...HARBOUR, name: "Small" });
    expect(await clock.runUntilDone(() => disk.refused > 0, 10_000)).toBe(true);
    await host.close();
    await joining;
  });

  it("a channel is left", async () => {
    const { disk, host } = await crowdedByAnother(Number.POSITIVE_INFINITY);
    const client = host.open((await host.channels())[0]?.id ?? fail());
    const sent = client.send({ requestId: "one", type: "chat", text: "one" }).catch(() => "refused");
    expect(await clock.runUntilDone(() => disk.refused > 0, 10_000)).toBe(true);
    await host.leave(client.channelId);
    expect(await sent).toBe("refused");
    expect(await host.channels()).toEqual([]);
  });
});

function fail(): never {
  throw new Error("There is no channel");
}

describe("space on a disk", () => {
  const FULL = new StorageError("quota", "The disk is full.");
  const instant = { schedule: (_ms: number, run: () => void) => systemClock.schedule(0, run) };

  /** Holds so many texts, of which a hundred go at a time. */
  function texts(held: number) {
    const item = {
      held,
      count: () => item.held,
      giveUpBatch: async () => {
        if (item.held < 100) return null;
        item.held -= 100;
        return { count: 100, bytes: 100_000_000 };
      },
    };
    return item;
  }

  it("is made where most is held, and by nobody who does not offer any more", async () => {
    const space = createDiskSpace(instant);
    const [small, large, gone] = [texts(300), texts(1_000), texts(9_000)];
    const ends = [small, large, gone].map((item) => space.offer(item));
    ends[2]?.();
    let tries = 0;
    await space.write(async () => {
      if (++tries <= 2) throw FULL;
    });
    expect([small, large, gone].map(({ held }) => held)).toEqual([300, 800, 9_000]);
  });

  it("goes in vain up to a quarter in all, however many writes there are", async () => {
    const space = createDiskSpace(instant);
    const item = texts(2_000);
    space.offer(item);
    const write = () => space.write(() => Promise.reject(FULL));
    const outcomes = await Promise.allSettled([write(), write(), write()]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await expect(write()).rejects.toBe(FULL);
    expect(item.held).toBe(1_500);
  });

  it("is made anew when something fitted since", async () => {
    const space = createDiskSpace(instant);
    const item = texts(2_000);
    space.offer(item);
    await expect(space.write(() => Promise.reject(FULL))).rejects.toBe(FULL);
    await space.write(async () => {});
    await expect(space.write(() => Promise.reject(FULL))).rejects.toBe(FULL);
    expect(item.held).toBe(1_100);
  });

  it("is made while nobody is there only by what has written since it began", async () => {
    let isAttended = false;
    const space = createDiskSpace(instant, () => isAttended);
    const item = texts(2_000);
    space.offer(item);
    const fail = () => expect(space.write(() => Promise.reject(FULL))).rejects.toBe(FULL);
    await fail();
    expect(item.held).toBe(2_000);
    isAttended = true;
    await fail();
    expect(item.held).toBe(1_500);
    isAttended = false;
    await space.write(async () => {});
    await fail();
    expect(item.held).toBe(1_100);
  });

  it("is made no more for who does not want it any more", async () => {
    const space = createDiskSpace(instant);
    const item = texts(9_000);
    space.offer(item);
    let tries = 0;
    const ending = new AbortController();
    const action = () => {
      if (++tries === 3) ending.abort();
      return Promise.reject(FULL);
    };
    await expect(space.write(action, ending.signal)).rejects.toBe(FULL);
    expect([tries, item.held]).toEqual([3, 8_800]);
  });

  it("comes after a pause, which who ends does not wait for and the others do", async () => {
    const standing = createVirtualClock(0);
    const space = createDiskSpace(standing);
    const item = texts(9_000);
    space.offer(item);
    const ending = new AbortController();
    const tries: string[] = [];
    const write = (who: string, signal?: AbortSignal) =>
      space.write(async () => {
        tries.push(who);
        if (tries.filter((each) => each === who).length < 2) throw FULL;
      }, signal);
    const [ends, stays] = [write("ends", ending.signal), write("stays")];
    await standing.advanceSettled(0);
    expect(tries).toEqual(["ends", "stays"]);
    ending.abort();
    await ends;
    const late = write("late");
    await standing.advanceSettled(499);
    expect(tries).toEqual(["ends", "stays", "ends", "late"]);
    await standing.advanceSettled(1);
    await Promise.all([stays, late]);
    expect(item.held, "one batch for all").toBe(8_900);
  });

  it("is not made for what fails otherwise", async () => {
    const space = createDiskSpace(instant);
    const item = texts(2_000);
    space.offer(item);
    await expect(space.write(() => Promise.reject(new Error("torn")))).rejects.toThrow("torn");
    expect(item.held).toBe(2_000);
  });
});
