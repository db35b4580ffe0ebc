import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestHost, STATUS } from "../../src/bridge/testing/test-host.ts";
import type { ChannelEvent, ChannelStatus, ParticipantView } from "../../src/channel/api/channel-client.ts";
import type { ChannelHost, ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { type HostPair, QUICK, say, until } from "../../src/channel/testing/contract-fixture.ts";
import { directHosts } from "../../src/channel/testing/host-pair.ts";
import { asChannelId, asMessageId, asParticipantId, type ChannelId } from "../../src/sds/wire/ids.ts";
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

describe("a host whose every word the test gives", () => {
  const HARBOUR = asChannelId("harbour");
  const PIER = asChannelId("pier");
  const BEN = asParticipantId("s1ben");

  interface Snapshot {
    readonly channel: ChannelId;
    answer(seq: number, names?: Readonly<Record<string, string>>): void;
    fail(): void;
  }

  /** One channel view after the other can be looked into: what was asked of it, and what is still open. */
  function handHost() {
    const base = createTestHost();
    const snapshots: Snapshot[] = [];
    const subscriptions: { channel: ChannelId; afterSeq: number; active: boolean; tell(event: ChannelEvent): void }[] =
      [];
    const statuses = new Map<ChannelId, (status: ChannelStatus) => void>();
    let tellList = (_list: readonly ChannelSummary[]): void => {};
    let open = 0;
    const participant = (id: string, name: string): ParticipantView => ({
      ...{ id: asParticipantId(id), me: false, name, index: 1, heardAt: 0, present: true },
      ...{ signed: true, equivocations: 0, gaps: 0 },
    });
    const host: ChannelHost = {
      ...base,
      watchChannels(listener) {
        tellList = listener;
        open++;
        return () => {
          open--;
        };
      },
      open(channel) {
        const view = base.open(channel);
        open++;
        return {
          ...view,
          snapshot: () =>
            new Promise((resolve, reject) => {
              snapshots.push({
                channel,
                answer(seq, names = {}) {
                  const participants = Object.entries(names).map(([id, name]) => participant(id, name));
                  view.snapshot().then((snapshot) => resolve({ ...snapshot, participants, seq }), reject);
                },
                fail: () => reject(new Error("This channel is gone.")),
              });
            }),
          subscribe(afterSeq, tell) {
            const subscription = { channel, afterSeq, active: true, tell };
            subscriptions.push(subscription);
            return () => {
              subscription.active = false;
            };
          },
          watchStatus(listener) {
            statuses.set(channel, listener);
            return () => {};
          },
          close() {
            open--;
          },
        };
      },
    };
    const list = (...ids: readonly ChannelId[]) =>
      tellList(ids.map((id) => ({ ...summaryOf(id), name: id === HARBOUR ? "Harbour" : "Pier" })));
    const status = (channel: ChannelId, change: Partial<ChannelStatus>) =>
      statuses.get(channel)?.({ ...STATUS, ...change });
    const active = () => subscriptions.filter((one) => one.active);
    const last = () => {
      const found = active().at(-1);
      if (found === undefined) throw new Error("Nobody listens.");
      return found;
    };
    return { host, snapshots, subscriptions, active, last, list, status, participant, isOpen: () => open };
  }

  const summaryOf = (id: ChannelId): ChannelSummary => ({
    ...{ id, name: "", unread: 0, inviteCode: "hearback1", network: { preset: "local", multiaddrs: [] } },
  });
  const entry = (seq: number, text: string, mine = false): ChannelEvent => ({
    ...{ kind: "entry", seq, unread: 1 },
    entry: {
      ...{ kind: "message", id: asMessageId(text), lamport: seq, author: BEN, mine, signed: true, type: "chat", text },
      ...{ textKept: true, composedAt: 0 },
      delivery: { state: { kind: "sent" }, received: [], audience: [], attempts: 0 },
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it("is followed after a reset through one subscription, which tells each message once", async () => {
    const { host, snapshots, list, last, active } = handHost();
    const seen = watch(host);
    list(HARBOUR);
    snapshots[0]?.answer(4);
    await settle();
    expect(last().afterSeq).toBe(4);
    last().tell({ kind: "reset", seq: 9 });
    // The old one may still speak until the new one is there, and does so no more then.
    snapshots[1]?.answer(9);
    await settle();
    expect(active().map(({ afterSeq }) => afterSeq)).toEqual([9]);
    for (const one of active()) one.tell(entry(10, "hello"));
    expect(texts(seen.messages)).toEqual(["hello"]);
    // Two resets close together.
    last().tell({ kind: "reset", seq: 11 });
    last().tell({ kind: "reset", seq: 12 });
    snapshots[2]?.answer(12);
    snapshots[3]?.answer(12);
    await settle();
    expect(active()).toHaveLength(1);
  });

  it("is asked for nothing of a channel that was left while it was looked at", async () => {
    const { host, snapshots, list, active, isOpen } = handHost();
    const seen = watch(host);
    list(HARBOUR, PIER);
    list(PIER);
    expect(isOpen(), "the list and one channel").toBe(2);
    for (const each of snapshots) each.answer(1);
    await settle();
    expect(active().map(({ channel }) => channel)).toEqual([PIER]);
    list(HARBOUR);
    list();
    snapshots.at(-1)?.fail();
    await settle();
    expect([active(), seen.problems]).toEqual([[], 0]);
    // Joined again, it is another one: what the first look still brings is not for it.
    list(HARBOUR);
    snapshots[0]?.answer(77);
    snapshots.at(-1)?.answer(5);
    await settle();
    expect(active().map(({ afterSeq }) => afterSeq)).toEqual([5]);
  });

  it("leaves nothing open when it is stopped", async () => {
    const { host, snapshots, list, active, isOpen } = handHost();
    watch(host);
    list(HARBOUR, PIER);
    snapshots[0]?.answer(1);
    await settle();
    for (const stop of stops.splice(0)) stop();
    snapshots[1]?.answer(1);
    await settle();
    expect([active(), isOpen()]).toEqual([[], 0]);
  });

  it("is online when one channel is, whatever the others do; offline only when none is and none tries", () => {
    const { host, list, status } = handHost();
    const seen = watch(host);
    list(HARBOUR, PIER);
    expect(seen.online).toEqual([]);
    status(HARBOUR, { connection: "offline" });
    expect(seen.online, "the other one still connects").toEqual([]);
    status(HARBOUR, { connection: "online" });
    expect(seen.online).toEqual([true]);
    status(HARBOUR, { connection: "checking" });
    expect(seen.online.at(-1), "as far as anybody knows it is").toBe(true);
    status(PIER, { connection: "offline" });
    expect(seen.online.at(-1)).toBe(true);
    status(HARBOUR, { connection: "offline" });
    expect(seen.online.at(-1)).toBe(false);
    list();
    expect(seen.online.at(-1), "there is nothing to connect").toBe(true);
  });

  it("tells names as they are known when a message comes, and none that nobody said", async () => {
    const { host, snapshots, list, last, participant } = handHost();
    const seen = watch(host);
    list(HARBOUR);
    snapshots[0]?.answer(0);
    await settle();
    last().tell(entry(1, "nameless"));
    last().tell({ kind: "participant", seq: 2, participant: participant(BEN, "Ben") });
    last().tell(entry(3, "named"));
    last().tell(entry(4, "mine", true));
    last().tell({ kind: "reset", seq: 5 });
    snapshots[1]?.answer(5, { [BEN]: "Benjamin" });
    await settle();
    last().tell(entry(6, "named anew"));
    expect(
      seen.messages.map(({ authorName, channelName, message }) => [authorName, channelName, message.text]),
    ).toEqual([
      ["", "Harbour", "nameless"],
      ["Ben", "Harbour", "named"],
      ["Benjamin", "Harbour", "named anew"],
    ]);
  });

  it("has a problem when a channel's storage has one, when it made a mistake, or when it cannot be read", async () => {
    const { host, snapshots, list, status } = handHost();
    const seen = watch(host);
    list(HARBOUR);
    status(HARBOUR, { storageProblem: "The disk is full." });
    expect(seen.problems).toBe(1);
    status(HARBOUR, {});
    expect(seen.problems).toBe(1);
    status(HARBOUR, { mistake: true });
    expect(seen.problems).toBe(2);
    snapshots[0]?.fail();
    await settle();
    expect(seen.problems).toBe(3);
  });
});
