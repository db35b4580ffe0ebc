import { describe, expect, it } from "vitest";
import { channelIdOf, encodeDescriptor } from "../../identity/joining/descriptor.ts";
import { createDescriptor } from "../../identity/joining/signed-descriptor.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import type { DeviceRecord } from "../../storage/port.ts";
import type { Channel } from "../channel.ts";
import { openOrderBench, passUntil, settle } from "../testing/order-fixture.ts";
import { createJoinedChannels } from "./joined-channels.ts";

async function joinedChannel(name: string) {
  const signer = createNobleSigner(new Uint8Array(32).fill(name.length));
  const descriptor = await createDescriptor(
    { name, network: { preset: "local" }, profile: "community", parameters: {} },
    (length) => new Uint8Array(length).fill(name.length),
    signer,
  );
  const key = { kind: "raw", secretKey: new Uint8Array(32), publicKey: signer.publicKey } as const;
  const record: DeviceRecord = {
    ...{ channel: channelIdOf(descriptor), descriptor: encodeDescriptor(descriptor), key },
    ...{ displayName: "Ada", joinedAt: 1 },
  };
  return { descriptor, record };
}

/** Channels that never come to be open, or are `opened`; `listDevice` as often as it is asked. */
function joinedOf(listDevice: () => Promise<DeviceRecord[]>, opened?: Channel) {
  const unreadable: string[] = [];
  const joined = createJoinedChannels({
    storage: { listDevice },
    open: () => ({
      channel: opened === undefined ? new Promise<Channel>(() => {}) : Promise.resolve(opened),
      abandon: () => {},
    }),
    onUnreadable: (channel) => unreadable.push(channel),
  });
  const watch = () => {
    const lists: string[] = [];
    const stop = joined.watch((channels) => lists.push(channels.map(({ name, unread }) => `${name} ${unread}`).join()));
    return { lists, stop };
  };
  return { joined, unreadable, watch };
}

describe("the channels of a device", () => {
  it("are told once they are read, and after each change, to all who watch then", async () => {
    const [one, two] = [await joinedChannel("One"), await joinedChannel("Twofold")];
    const { joined, watch } = joinedOf(async () => [one.record]);
    const [stays, leaves, early] = [watch(), watch(), watch()];
    early.stop();
    await joined.ready();
    await settle();
    expect([stays.lists.at(-1), leaves.lists.at(-1), early.lists]).toEqual(["One 0", "One 0", []]);
    leaves.stop();
    const before = stays.lists.length;
    joined.begin(two.record, two.descriptor);
    joined.remove(one.record.channel);
    joined.remove(one.record.channel);
    expect(stays.lists.slice(before)).toEqual(["One 0,Twofold 0", "Twofold 0"]);
    expect(leaves.lists.at(-1)).toBe("One 0");
    await joined.close();
    joined.remove(two.record.channel);
    expect(stays.lists.length).toBe(before + 2);
  });

  it("are read again when that failed, and not when it did not", async () => {
    const { record } = await joinedChannel("One");
    let reads = 0;
    const { joined } = joinedOf(() => (++reads === 1 ? Promise.reject(new Error("torn")) : Promise.resolve([record])));
    await expect(joined.ready()).rejects.toThrow("torn");
    await joined.ready();
    await joined.ready();
    expect([reads, joined.all().length]).toEqual([2, 1]);
  });

  it("are closed only when nothing is being read any more", async () => {
    let letGo = (_records: DeviceRecord[]) => {};
    const { joined } = joinedOf(() => new Promise((resolve) => (letGo = resolve)));
    let closed = false;
    const closing = joined.close().then(() => {
      closed = true;
    });
    await settle();
    expect(closed).toBe(false);
    letGo([]);
    await closing;
  });
});

describe("a record that cannot be read", () => {
  it("gives its key to who joins again, and to nobody after that channel was left", async () => {
    const { record, descriptor } = await joinedChannel("One");
    const broken = { ...record, descriptor: record.descriptor.slice(0, 20) };
    const { joined, unreadable } = joinedOf(async () => [broken]);
    await joined.ready();
    const { channel } = record;
    expect([unreadable, joined.get(channel), joined.unreadable(channel)]).toEqual([[channel], undefined, broken]);
    joined.begin(record, descriptor);
    expect([joined.get(channel)?.record, joined.unreadable(channel)]).toEqual([record, undefined]);
    joined.remove(channel);
    expect(joined.unreadable(channel)).toBeUndefined();
  });
});

describe("the unread count in the list", () => {
  it("is told when it differs: at the opening, by what happens, and by what is read", async () => {
    const { record } = await joinedChannel("One");
    const { channel, clock } = await openOrderBench({}, true);
    const { joined, watch } = joinedOf(async () => [record], channel);
    const { lists } = watch();
    await joined.ready();
    // Signatures are verified by the engine, in its own time.
    await passUntil("both are unread", clock, () => joined.all()[0]?.unread === 2);
    expect(lists.at(-1)).toBe("One 2");
    await channel.dispatch({ kind: "marked-read", lamport: clock.now() });
    expect(lists.at(-1)).toBe("One 0");
    const told = lists.length;
    await channel.dispatch({ kind: "marked-read", lamport: clock.now() });
    expect(lists.length).toBe(told);
    await channel.close();
  });
});
