import { afterEach, describe, expect, it } from "vitest";
import { createMemoryDisk, type MemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { MemoryTransport } from "../../transport/memory/memory-transport.ts";
import type { ChannelClient, ChannelSnapshot, MessageView } from "../api/channel-client.ts";
import type { ChannelHost } from "../api/channel-host.ts";
import { MAX_DISPLAY_NAME_CHARACTERS, MAX_TEXT_BYTES } from "../api/limits.ts";
import { createChannelHost } from "./host.ts";

/** Short protocol times, so that real timers do in a second what takes a minute outside. */
const QUICK = {
  ackWindowMs: 40,
  idleSyncMinMs: 200,
  resendFirstMs: 300,
  reorderWaitMs: 50,
  lostAfterMs: 1_000,
};

interface Device {
  readonly host: ChannelHost;
  readonly disk: MemoryDisk;
  readonly transport: MemoryTransport;
}

const network = () => createMemoryNetwork();
const open = new Set<ChannelHost>();

afterEach(async () => {
  for (const host of open) await host.close();
  open.clear();
});

function start(net: ReturnType<typeof network>, disk = createMemoryDisk()): Device {
  const transport = net.transport();
  const host = createChannelHost({ storage: createMemoryStorage(disk), openTransport: () => transport });
  open.add(host);
  return { host, disk, transport };
}

async function stop({ host }: Device): Promise<void> {
  open.delete(host);
  await host.close();
}

/** Waits for a state, never for a time. */
async function until<T>(what: string, found: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const result = await found();
    if (result) return result;
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function chats({ page }: ChannelSnapshot): MessageView[] {
  return page.entries.flatMap((entry) => (entry.kind === "message" && entry.type === "chat" ? [entry] : []));
}

async function texts(client: ChannelClient): Promise<string[]> {
  return chats(await client.snapshot(500)).map((message) => message.text);
}

const untilTexts = (client: ChannelClient, expected: number) =>
  until(`${expected} messages`, async () => {
    const found = await texts(client);
    return found.length >= expected && found;
  });

const untilAllReceived = (client: ChannelClient, count: number) =>
  until(`${count} messages received by all`, async () => {
    const found = chats(await client.snapshot(500));
    return found.length === count && found.every(({ delivery }) => delivery.state.kind === "everyone") && found;
  });

let requests = 0;
const say = (client: ChannelClient, text: string) =>
  client.send({ requestId: `request-${++requests}`, type: "chat", text });

/** Of messages that know nothing of each other and were written in the same millisecond, the id decides which comes first. */
const untilNextMillisecond = () => {
  const now = Date.now();
  return until("the next millisecond", async () => Date.now() > now);
};

async function together(names: readonly string[], net = network()) {
  const devices = names.map(() => start(net));
  const [first, ...others] = devices as [Device, ...Device[]];
  const displayName = names[0] ?? "";
  const channel = await first.host.create({
    ...{ name: "Harbour", displayName, profile: "community", multiaddrs: null, parameters: QUICK },
  });
  for (const [index, device] of others.entries()) {
    await device.host.join({ invite: channel.inviteCode, displayName: names[index + 1] ?? "" });
  }
  const clients = devices.map(({ host }) => host.open(channel.id));
  for (const client of clients) {
    await until("everybody knows everybody", async () => {
      const { participants } = await client.snapshot();
      return participants.filter(({ present, name }) => present && name !== "").length === names.length;
    });
  }
  return { net, devices, clients, channel };
}

describe("participants in a channel", () => {
  it("see each message received by all, in one order, on everybody's own word", async () => {
    const { clients } = await together(["Ada", "Ben", "Cleo"]);
    await Promise.all(clients.map((client, index) => say(client, `hello ${index}`)));
    const logs = await Promise.all(clients.map((client) => untilAllReceived(client, 3)));
    for (const log of logs) {
      expect(log.map(({ id }) => id)).toEqual(logs[0]?.map(({ id }) => id));
      for (const { delivery } of log) expect(delivery.state).toEqual({ kind: "everyone", n: 2 });
    }
  });

  it("two people who say the same at the same time, twice, are four messages", async () => {
    const { clients } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    await Promise.all([say(ada, "ok"), say(ben, "ok"), say(ada, "ok"), say(ben, "ok")]);
    for (const client of clients) {
      const log = await untilAllReceived(client, 4);
      expect(new Set(log.map(({ id }) => id)).size).toBe(4);
    }
  });

  it("details say who has a message, by which evidence, and how it was sent", async () => {
    const { clients } = await together(["Ada", "Ben"]);
    const [ada] = clients as [ChannelClient];
    const { id } = await say(ada, "who has this?");
    await untilAllReceived(ada, 1);
    const details = await ada.details(id);
    const { participants } = await ada.snapshot();
    const ben = participants.find(({ name }) => name === "Ben");
    expect(details.evidence).toMatchObject([{ participant: ben?.id, by: "sync", how: "listed", signed: true }]);
    // On a busy machine the ack may come after a second attempt.
    expect(details.attempts[0]).toMatchObject({ attempt: 1, outcome: "taken", reason: "" });
    expect(details.attempts).toHaveLength(details.delivery.attempts);
    expect(details.bytes).toBeGreaterThan(300);
    await expect(ada.details("f".repeat(64) as typeof id)).rejects.toMatchObject({ code: "not-found" });
  });

  it("an announcement is confirmed when its share of the audience has it", async () => {
    const { clients } = await together(["Ada", "Ben", "Cleo"]);
    const [ada] = clients as [ChannelClient];
    const { id } = await ada.send({ requestId: "announce", type: "announcement", text: "The boat leaves at nine" });
    await until("everybody", async () => (await ada.details(id)).delivery.state.kind === "everyone");
    expect((await ada.details(id)).delivery.received.length).toBe(2);
  });
});

describe("a device that comes and goes", () => {
  it("a message deleted before it left never arrives; those after it do, in order, without a gap", async () => {
    const { devices, clients } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    devices[0]?.transport.setOnline(false);
    const ids = [];
    for (const text of ["one", "regretted", "three"]) ids.push((await say(ada, text)).id);
    await ada.remove(ids[1] as never);
    expect(await texts(ada)).toEqual(["one", "three"]);
    devices[0]?.transport.setOnline(true);
    await untilTexts(ben, 2);
    await untilAllReceived(ada, 2);
    expect(await texts(ben)).toEqual(["one", "three"]);
    const { page, participants } = await ben.snapshot(500);
    expect(page.entries.filter(({ kind }) => kind === "hole")).toEqual([]);
    expect(participants.map(({ gaps }) => gaps)).toEqual([0, 0]);
  });

  it("asked again for what was composed anew sends nothing twice, also after a restart; what was deleted is said anew", async () => {
    const { devices, clients, net, channel } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    const [device] = devices as [Device, Device];
    device.transport.setOnline(false);
    const first = await ada.send({ requestId: "gone", type: "chat", text: "gone" });
    const kept = await ada.send({ requestId: "kept", type: "chat", text: "kept" });
    await ada.remove(first.id);
    const again = await ada.send({ requestId: "kept", type: "chat", text: "kept" });
    expect(again.id).not.toBe(kept.id);
    await stop(device);
    const restarted = start(net, device.disk).host.open(channel.id);
    expect((await restarted.send({ requestId: "kept", type: "chat", text: "kept" })).id).toBe(again.id);
    await restarted.send({ requestId: "gone", type: "chat", text: "gone" });
    await untilTexts(ben, 2);
    expect(await texts(restarted)).toEqual(["kept", "gone"]);
  });

  //= protocol: SEND-4
  it("keeps what is written offline, and sends it once it is back", async () => {
    const { clients, devices } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    devices[0]?.transport.setOnline(false);
    for (let n = 0; n < 20; n++) await say(ada, `offline ${n}`);
    const waiting = chats(await ada.snapshot());
    expect(waiting.map(({ delivery }) => delivery.state.kind)).toEqual(waiting.map(() => "queued"));
    expect(await texts(ben)).toEqual([]);
    devices[0]?.transport.setOnline(true);
    await untilAllReceived(ada, 20);
    expect(await texts(ben)).toEqual(Array.from({ length: 20 }, (_, n) => `offline ${n}`));
  });

  it("reads from the Store what was said while it was away", async () => {
    const { clients, devices } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    devices[1]?.transport.setOnline(false);
    for (let n = 0; n < 5; n++) await say(ada, `while you were out ${n}`);
    devices[1]?.transport.setOnline(true);
    expect(await untilTexts(ben, 5)).toEqual(Array.from({ length: 5 }, (_, n) => `while you were out ${n}`));
    await untilAllReceived(ada, 5);
  });

  it("what comes late, and belongs before what was read, is unread all the same, also after a restart", async () => {
    const { clients, devices, net, channel } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    const [device, other] = devices as [Device, Device];
    other.transport.setOnline(false);
    await say(ben, "written offline");
    await untilNextMillisecond();
    await say(ada, "written later");
    await ada.markRead(chats(await ada.snapshot()).at(-1) as MessageView);
    other.transport.setOnline(true);
    expect(await untilTexts(ada, 2)).toEqual(["written offline", "written later"]);
    expect((await ada.snapshot()).unread).toBe(1);
    // The list is told by an event, once the message is written.
    await until("one unread in the list", async () => (await device.host.channels())[0]?.unread === 1);
    await stop(device);
    const again = start(net, device.disk).host.open(channel.id);
    expect((await again.snapshot()).unread).toBe(1);
    await again.markRead(chats(await again.snapshot()).at(-1) as MessageView);
    expect((await again.snapshot()).unread).toBe(0);
  });

  it("resumes after a restart: nothing lost, nothing twice, the same view", async () => {
    const { clients, devices, net, channel } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    await say(ada, "before");
    await untilAllReceived(ada, 1);
    const [device] = devices as [Device];
    device.transport.setOnline(false);
    await say(ada, "accepted, never published");
    await stop(device);
    const again = start(net, device.disk);
    const client = again.host.open(channel.id);
    expect(await untilTexts(client, 2)).toEqual(["before", "accepted, never published"]);
    await untilAllReceived(client, 2);
    await until("Ben has both", async () => (await texts(ben)).length === 2);
    expect(await texts(ben)).toEqual(["before", "accepted, never published"]);
  });

  it("sends a request once, also when it is asked again after a restart", async () => {
    const { clients, devices, net, channel } = await together(["Ada", "Ben"]);
    const [ada] = clients as [ChannelClient];
    const request = { requestId: "the-same", type: "chat", text: "once" } as const;
    const first = await ada.send(request);
    expect(await ada.send(request)).toEqual(first);
    await stop(devices[0] as Device);
    const again = start(net, (devices[0] as Device).disk).host.open(channel.id);
    expect(await again.send(request)).toEqual(first);
    expect(await texts(again)).toEqual(["once"]);
  });

  it("a newcomer gets the history that the Store has", async () => {
    const { clients, net, channel } = await together(["Ada", "Ben"]);
    const [ada] = clients as [ChannelClient];
    for (let n = 0; n < 3; n++) await say(ada, `earlier ${n}`);
    const cleo = start(net);
    await cleo.host.join({ invite: channel.inviteCode, displayName: "Cleo" });
    expect(await untilTexts(cleo.host.open(channel.id), 3)).toEqual(["earlier 0", "earlier 1", "earlier 2"]);
  });
});

describe("bad input", () => {
  it("is refused with clear words, and nothing is kept of it", async () => {
    const { clients } = await together(["Ada", "Ben"]);
    const [ada] = clients as [ChannelClient];
    await expect(say(ada, "  \n ")).rejects.toMatchObject({ code: "empty" });
    await expect(say(ada, "x".repeat(MAX_TEXT_BYTES + 1))).rejects.toMatchObject({ code: "too-large" });
    await expect(ada.send({ requestId: "", type: "chat", text: "x" })).rejects.toMatchObject({ code: "invalid" });
    await say(ada, "x".repeat(MAX_TEXT_BYTES));
    expect((await untilAllReceived(ada, 1)).map(({ text }) => text.length)).toEqual([MAX_TEXT_BYTES]);
  });

  it("a name is shortened and cleaned by whoever hears it", async () => {
    const { clients } = await together(["Ada", "Ben"]);
    const [ada, ben] = clients as [ChannelClient, ChannelClient];
    await ben.send({ requestId: "name", type: "profile", text: `\u202eevil\n${"x".repeat(60_000)}` });
    const wanted = `evil${"x".repeat(MAX_DISPLAY_NAME_CHARACTERS - 4)}`;
    await until("the name", async () => (await ada.snapshot()).participants.some(({ name }) => name === wanted));
    const { entries } = (await ada.snapshot()).page;
    expect(entries.at(-1)).toMatchObject({ type: "profile", text: wanted });
  });

  it("an invite that is damaged, cut off or no invite says so", async () => {
    const { channel, devices } = await together(["Ada"]);
    const host = start(network()).host;
    for (const invite of ["hello", channel.inviteCode.slice(0, -9), `${channel.inviteCode.slice(0, 40)}zz`]) {
      await expect(host.preview(invite)).rejects.toMatchObject({ name: "ChannelError", code: "invalid-invite" });
      await expect(host.join({ invite, displayName: "Eve" })).rejects.toMatchObject({ code: "invalid-invite" });
    }
    expect(await host.channels()).toEqual([]);
    expect((await devices[0]?.host.preview(channel.inviteCode))?.joined).toBe(true);
  });

  it("joining twice joins once", async () => {
    const { channel } = await together(["Ada"]);
    const { host } = start(network());
    const request = { invite: channel.inviteCode, displayName: "Ben" };
    const [one, two] = await Promise.all([host.join(request), host.join(request)]);
    expect(one.id).toBe(two.id);
    expect((await host.channels()).length).toBe(1);
  });

  it("a channel that was left is gone, and says so", async () => {
    const { channel, devices, clients } = await together(["Ada"]);
    await devices[0]?.host.leave(channel.id);
    expect(await devices[0]?.host.channels()).toEqual([]);
    await expect(clients[0]?.snapshot()).rejects.toMatchObject({ code: "closed" });
    await expect(devices[0]?.host.open(channel.id).snapshot()).rejects.toMatchObject({ code: "not-found" });
  });
});
