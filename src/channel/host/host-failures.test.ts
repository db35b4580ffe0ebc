import { afterEach, describe, expect, it } from "vitest";
import { createFaultyStorage } from "../../storage/memory/faulty-storage.ts";
import { createMemoryDisk, type MemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { type ChannelStorage, StorageError } from "../../storage/port.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelHost } from "../api/channel-host.ts";
import { type Channel, openChannel } from "../channel.ts";
import { QUICK, say, until } from "../testing/contract-fixture.ts";
import { createChannelHost, createHostWith } from "./host.ts";

const network = createMemoryNetwork();
const fail = (): never => {
  throw new Error("Nothing was joined");
};
const open = new Set<ChannelHost>();

afterEach(async () => {
  for (const host of open) await host.close();
  open.clear();
});

function hostOn(storage: ChannelStorage, onUnreadable?: () => void): ChannelHost {
  const host = createChannelHost({
    storage,
    openTransport: () => network.transport(),
    ...(onUnreadable === undefined ? {} : { onUnreadable }),
  });
  open.add(host);
  return host;
}

/** A disk on which `count` channels were joined by a host that is closed again. */
async function diskWithChannels(count: number): Promise<MemoryDisk> {
  const disk = createMemoryDisk();
  const host = hostOn(createMemoryStorage(disk));
  for (let n = 0; n < count; n++) await host.create(QUICK);
  open.delete(host);
  await host.close();
  return disk;
}

const keysOn = (disk: MemoryDisk) => [...disk.devices.values()].map(({ key }) => String(key.publicKey));

describe("a host whose storage cannot be read when it starts", () => {
  it("reads it at the next request, and joins nothing over what is stored", async () => {
    const disk = await diskWithChannels(1);
    const inner = createMemoryStorage(disk);
    let reads = 0;
    const listDevice = () =>
      ++reads <= 2 ? Promise.reject(new StorageError("failed", "Try again.")) : inner.listDevice();
    const before = keysOn(disk);
    const [whole] = await hostOn(createMemoryStorage(disk)).channels();
    const invite = whole?.inviteCode ?? "";

    const host = hostOn(storageWith(inner, { listDevice }));
    const lists: number[] = [];
    host.watchChannels((channels) => lists.push(channels.length));
    await expect(host.channels()).rejects.toThrow(StorageError);
    await expect(host.join({ invite, displayName: "Ada" })).rejects.toThrow(StorageError);
    await host.join({ invite, displayName: "Ada" });
    expect(keysOn(disk)).toEqual(before);
    expect((await host.channels()).length).toBe(1);
    expect(lists.at(-1)).toBe(1);
  });

  it("opens all channels but one whose record is damaged, and keeps that one's key when it is joined anew", async () => {
    const disk = await diskWithChannels(2);
    const listed = await hostOn(createMemoryStorage(disk)).channels();
    const [broken] = [...disk.devices.values()];
    if (broken === undefined) throw new Error("Nothing was stored");
    const before = keysOn(disk);
    disk.devices.set(broken.channel, { ...broken, descriptor: broken.descriptor.slice(0, 20) });

    let unreadable = 0;
    const host = hostOn(createMemoryStorage(disk), () => unreadable++);
    expect((await host.channels()).map(({ id }) => id)).toEqual([listed[1]?.id]);
    expect([unreadable, keysOn(disk)]).toEqual([1, before]);
    await host.join({ invite: listed[0]?.inviteCode ?? "", displayName: "Ada" });
    expect((await host.channels()).length).toBe(2);
    expect(keysOn(disk)).toEqual(before);
  });

  it("forgets one whose record is damaged when it is left", async () => {
    const disk = await diskWithChannels(2);
    const [broken, whole] = [...disk.devices.values()];
    if (broken === undefined || whole === undefined) throw new Error("Nothing was stored");
    disk.devices.set(broken.channel, { ...broken, descriptor: broken.descriptor.slice(0, 20) });
    await hostOn(createMemoryStorage(disk)).leave(broken.channel);
    expect([...disk.devices.keys()]).toEqual([whole.channel]);
  });
});

describe("a host that is cut off while it joins", () => {
  //= protocol: JOIN-4
  it("says its name when it runs again", async () => {
    const disk = createMemoryDisk();
    const dying = storageWith(createMemoryStorage(disk), { commit: () => new Promise(() => {}) });
    void createChannelHost({ storage: dying, openTransport: () => network.transport() }).create(QUICK);
    await until("the record of the device", () => disk.devices.size === 1);
    const host = hostOn(createMemoryStorage(disk));
    const [channel] = await host.channels();
    if (channel === undefined) throw new Error("Nothing was joined");
    const client = host.open(channel.id);
    await until("the name", async () => (await client.snapshot()).participants[0]?.name === QUICK.displayName);
    expect((await client.snapshot()).page.entries.length).toBe(1);
  });

  it("is in the channel even if its name could not be written, and says it later", async () => {
    const disk = createMemoryDisk();
    const failing = createFaultyStorage(createMemoryStorage(disk), { fail: { writes: [3], code: "quota" } });
    const { id } = await hostOn(failing).create(QUICK);
    const client = hostOn(createMemoryStorage(disk)).open(id);
    await until("the name", async () => (await client.snapshot()).participants[0]?.name === QUICK.displayName);
  });
});

describe("a host that cannot forget a channel that is left", () => {
  it("says so and is still in it, and forgets it when it is left again", async () => {
    const disk = createMemoryDisk();
    const inner = createMemoryStorage(disk);
    let drops = 0;
    const drop: ChannelStorage["drop"] = (channel) =>
      ++drops === 1 ? Promise.reject(new StorageError("failed", "Try again.")) : inner.drop(channel);
    const host = hostOn(storageWith(inner, { drop }));
    const lists: number[] = [];
    host.watchChannels((channels) => lists.push(channels.length));
    const { id } = await host.create(QUICK);
    const other = await host.create(QUICK);

    await expect(host.leave(id)).rejects.toThrow(StorageError);
    expect((await host.channels()).map((channel) => channel.id)).toContain(id);
    await say(host.open(id), "still here");
    await host.leave(id);
    expect((await host.channels()).map((channel) => channel.id)).toEqual([other.id]);
    expect(lists.at(-1)).toBe(1);
    expect([...disk.devices.keys()]).toEqual([other.id]);
  });
});

describe("a channel that is left before it was read", () => {
  /** The first start over `disk` that is asked for a channel's history gets it when it is let go. */
  function slowly(disk: MemoryDisk) {
    const inner = createMemoryStorage(disk);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let loads = 0;
    const read: ChannelStorage["read"] = async (channel, begin) => {
      const reader = await inner.read(channel, begin);
      if (++loads === 1) await held;
      return reader;
    };
    let commits = 0;
    const commit: ChannelStorage["commit"] = (...args) => {
      commits++;
      return inner.commit(...args);
    };
    return { storage: storageWith(inner, { read, commit }), letGo: () => letGo(), commits: () => commits };
  }

  it("is gone at once, and what was being read writes nothing when it is there", async () => {
    const disk = await diskWithChannels(1);
    const { storage, letGo, commits } = slowly(disk);
    const host = hostOn(storage);
    const [channel] = await host.channels();
    if (channel === undefined) throw new Error("Nothing was joined");
    const client = host.open(channel.id);
    const asked = client.snapshot();
    await host.leave(channel.id);
    expect(await host.channels()).toEqual([]);
    expect([...disk.devices.keys()]).toEqual([]);
    letGo();
    await expect(asked).rejects.toMatchObject({ code: "closed", message: "This device has left the channel." });
    expect(commits()).toBe(0);
    expect([...disk.channels.keys()]).toEqual([]);
  });

  it("can be joined again at once, and the two have nothing to do with each other", async () => {
    const disk = await diskWithChannels(1);
    const { storage, letGo } = slowly(disk);
    const host = hostOn(storage);
    const [channel] = await host.channels();
    if (channel === undefined) throw new Error("Nothing was joined");
    await host.leave(channel.id);
    await host.join({ invite: channel.inviteCode, displayName: "Ada again" });
    const client = host.open(channel.id);
    await say(client, "new here");
    letGo();
    await until("both were read", async () => (await client.snapshot()).page.entries.length >= 2);
    const { me, participants, page } = await client.snapshot();
    expect(participants.find(({ id }) => id === me)?.name).toBe("Ada again");
    // The name and one message: nothing of the one who left, who said a name too.
    expect(page.entries.every((entry) => entry.kind === "message" && entry.mine)).toBe(true);
  });

  it("that comes to be open after all is closed", async () => {
    const disk = await diskWithChannels(1);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let late: Channel | null = null;
    const openLate: typeof openChannel = async (options) => {
      const channel = await openChannel(options);
      late = channel;
      await held;
      return channel;
    };
    const storage = createMemoryStorage(disk);
    const host = createHostWith(openLate, { storage, openTransport: () => network.transport() });
    open.add(host);
    const [channel] = await host.channels();
    await until("it runs", () => late !== null);
    await host.leave(channel?.id ?? fail());
    letGo();
    await until("it is closed", () => late?.isClosed() === true);
    expect([disk.channels.size, disk.devices.size]).toEqual([0, 0]);
  });

  it("that was just opened is closed, whatever it wrote a moment ago", async () => {
    const disk = await diskWithChannels(1);
    const inner = createMemoryStorage(disk);
    let host: ChannelHost | null = null;
    let left: Promise<void> | null = null;
    const commit: ChannelStorage["commit"] = async (channel, ...rest) => {
      await inner.commit(channel, ...rest);
      left ??= host?.leave(channel) ?? null;
    };
    host = hostOn(storageWith(inner, { commit }));
    await until("it was left", () => left !== null);
    await left;
    expect(await host.channels()).toEqual([]);
    expect([disk.channels.size, disk.devices.size]).toEqual([0, 0]);
  });
});

describe("a host whose transport cannot be closed", () => {
  it("closes its storage all the same", async () => {
    let closed = 0;
    const storage = storageWith(createMemoryStorage(), { close: async () => void closed++ });
    const transport = network.transport();
    transport.close = () => Promise.reject(new Error("The network stack is stuck."));
    const host = createChannelHost({ storage, openTransport: () => transport });
    const { id } = await host.create(QUICK);
    await host.create(QUICK);
    await host.leave(id);
    await Promise.all([host.close(), host.close()]);
    expect(closed).toBe(1);
  });
});
