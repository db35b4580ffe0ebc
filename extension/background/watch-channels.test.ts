import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChannelHost, ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { type HostPair, QUICK, say, until } from "../../src/channel/testing/contract-fixture.ts";
import { directHosts } from "../../src/channel/testing/host-pair.ts";
import { createFaultyStorage } from "../../src/storage/memory/faulty-storage.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import { StorageError } from "../../src/storage/port.ts";
import { storageWith } from "../../src/storage/testing/storage-with.ts";
import { createMemoryNetwork } from "../../src/transport/memory/memory-network.ts";
import { type NewMessage, watchAllChannels } from "./watch-channels.ts";

let pair: HostPair;
const stops: (() => void)[] = [];

beforeEach(async () => {
  pair = await directHosts.makeHost();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await pair.close();
});

function watch(host: ChannelHost) {
  const seen = {
    channels: [] as readonly ChannelSummary[],
    messages: [] as NewMessage[],
    online: [] as boolean[],
    problems: 0,
  };
  const stop = watchAllChannels(host, {
    onChannels: (channels) => {
      seen.channels = channels;
    },
    onNewMessage: (message) => seen.messages.push(message),
    onOnline: (online) => seen.online.push(online),
    onStorageProblem: () => seen.problems++,
  });
  stops.push(stop);
  return seen;
}

/** The host, and when somebody follows the events of a channel: what is said from then on is told. */
function followed(host: ChannelHost) {
  let follow = (): void => {};
  const following = new Promise<void>((resolve) => {
    follow = resolve;
  });
  const open: ChannelHost["open"] = (channel) => {
    const client = host.open(channel);
    const subscribe: typeof client.subscribe = (...asked) => {
      follow();
      return client.subscribe(...asked);
    };
    return { ...client, subscribe };
  };
  return { host: { ...host, open }, following };
}

const texts = (messages: readonly NewMessage[]): string[] =>
  messages.filter(({ message }) => message.type === "chat").map(({ message }) => message.text);

describe("watchAllChannels", () => {
  it("tells what others write, with their name, once each and in order; not what I write, nor what was there", async () => {
    const channel = await pair.host.create(QUICK);
    await pair.other.join({ invite: channel.inviteCode, displayName: "Ben" });
    const [ada, ben] = [pair.host.open(channel.id), pair.other.open(channel.id)];
    await say(ben, "before");
    await until("it arrived", async () =>
      (await ada.snapshot()).page.entries.some(
        (entry) => entry.id !== "" && entry.kind === "message" && entry.text === "before",
      ),
    );
    const { host, following } = followed(pair.host);
    const seen = watch(host);
    await following;
    await say(ada, "mine");
    const wanted = ["one", "two", "three", "and the last"];
    for (const text of wanted) await say(ben, text);
    await until("the last is told", () => texts(seen.messages).includes("and the last"));
    expect(texts(seen.messages)).toEqual(wanted);
    expect(seen.messages.at(-1)).toMatchObject({ channel: channel.id, channelName: QUICK.name, authorName: "Ben" });
    expect(seen.channels[0]?.unread).toBeGreaterThanOrEqual(wanted.length);
    expect(seen.problems).toBe(0);
  });

  it("follows a channel that is joined later, and lets go of one that is left", async () => {
    const seen = watch(pair.other);
    await until("the empty list", () => seen.online.length > 0);
    const channel = await pair.host.create(QUICK);
    await pair.other.join({ invite: channel.inviteCode, displayName: "Ben" });
    await until("it is in the list", () => seen.channels.length === 1);
    const ada = pair.host.open(channel.id);
    await until("Ben is there", async () => (await ada.snapshot()).participants.length === 2);
    await say(ada, "hello");
    await until("it is told", () => texts(seen.messages).includes("hello"));
    await pair.other.leave(channel.id);
    await until("the list is empty", () => seen.channels.length === 0);
    expect(seen.online.at(-1)).toBe(true);
    expect(seen.problems).toBe(0);
  });

  it("tells nothing after it was stopped", async () => {
    const channel = await pair.host.create(QUICK);
    await pair.other.join({ invite: channel.inviteCode, displayName: "Ben" });
    const seen = watch(pair.host);
    await until("connected", () => seen.online.at(-1) === true);
    for (const stop of stops.splice(0)) stop();
    const { host, following } = followed(pair.host);
    const witness = watch(host);
    await following;
    for (const text of ["unheard", "and this"]) await say(pair.other.open(channel.id), text);
    await until("who watches now is told", () => texts(witness.messages).includes("and this"));
    expect(texts(seen.messages)).toEqual([]);
  });

  it("tells when the list of channels cannot be read", async () => {
    const listDevice = () => Promise.reject(new StorageError("corrupt", "The database is damaged."));
    const storage = storageWith(createMemoryStorage(), { listDevice });
    const host = createChannelHost({ storage, openTransport: () => createMemoryNetwork().transport() });
    const seen = watch(host);
    await until("the problem is told", () => seen.problems === 1);
    await host.close();
  });

  it("tells when a channel has stopped because it could not be written", async () => {
    const network = createMemoryNetwork();
    const writes = Array.from({ length: 1_000 }, (_, index) => index + 20);
    const storage = createFaultyStorage(createMemoryStorage(), { fail: { writes, code: "quota" } });
    const host = createChannelHost({ storage, openTransport: () => network.transport() });
    const channel = await host.create(QUICK);
    const seen = watch(host);
    const client = host.open(channel.id);
    await until("a write fails", async () => {
      await say(client, `filling ${Math.random()}`).catch(() => {});
      return seen.problems > 0;
    });
    await host.close();
  });
});
