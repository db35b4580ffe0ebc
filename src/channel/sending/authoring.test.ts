import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../runtime/system-clock.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelClient, LogItem } from "../api/channel-client.ts";
import { createChannelHost } from "../host/host.ts";

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const QUICK = { ackWindowMs: 40, idleSyncMinMs: 200, resendFirstMs: 300, reorderWaitMs: 50 };

/** Ada, who can be taken offline, and Ben, who knows her. */
async function twoPeople() {
  const net = createMemoryNetwork();
  const hers = net.transport();
  const [disk, his] = [createMemoryDisk(), createMemoryDisk()];
  const open = () => createChannelHost({ storage: createMemoryStorage(disk), openTransport: () => hers });
  const ada = open();
  const benHost = createChannelHost({ storage: createMemoryStorage(his), openTransport: () => net.transport() });
  closing.push(
    () => ada.close(),
    () => benHost.close(),
  );
  const { id, inviteCode } = await ada.create({
    ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters: QUICK },
  });
  await benHost.join({ invite: inviteCode, displayName: "Ben" });
  const [client, ben] = [ada.open(id), benHost.open(id)];
  for (const one of [client, ben]) {
    await expect
      .poll(async () => (await one.snapshot()).participants.filter(({ name }) => name !== "").length, {
        timeout: 10_000,
      })
      .toBe(2);
  }
  return { id, host: ada, hers, client, ben };
}

const said = (entry: LogItem): string[] => {
  if (entry.kind === "hole") return [`hole ${entry.state}`];
  return entry.type === "chat" ? [entry.text] : [];
};

async function texts(client: ChannelClient): Promise<string[]> {
  return (await client.snapshot(500)).page.entries.flatMap(said);
}

const chat = (text: string, requestId = text) => ({ requestId, type: "chat", text }) as const;

//= protocol: COMPOSE-6
test("a message that is sent while an older one is deleted does not name the deleted one", async () => {
  const { hers, client, ben } = await twoPeople();
  hers.setOnline(false);
  const { id } = await client.send(chat("one"));
  await Promise.all([client.send(chat("two")), client.remove(id), client.send(chat("three"))]);
  expect(await texts(client)).toEqual(["two", "three"]);
  hers.setOnline(true);
  await expect.poll(() => texts(ben), { timeout: 20_000 }).toEqual(["two", "three"]);
});

//= protocol: ANEW-2
test("several messages deleted at once are all gone, as if they had not been said", async () => {
  const { hers, client, ben } = await twoPeople();
  hers.setOnline(false);
  const ids = [];
  for (const text of ["one", "two", "three"]) ids.push((await client.send(chat(text))).id);
  await Promise.all(ids.slice(0, 2).map((id) => client.remove(id)));
  expect(await texts(client)).toEqual(["three"]);
  hers.setOnline(true);
  await expect.poll(() => texts(ben), { timeout: 20_000 }).toEqual(["three"]);
});

test("what was deleted can be sent again under the same request", async () => {
  const { hers, client } = await twoPeople();
  hers.setOnline(false);
  const { id } = await client.send(chat("once more"));
  await client.remove(id);
  const again = await client.send(chat("once more"));
  expect(await texts(client)).toEqual(["once more"]);
  expect((await client.details(again.id)).authorSeq).toBe(3);
});

test("what was stopped before it left is deleted, so it can be sent again under the same request", async () => {
  const { hers, client, ben } = await twoPeople();
  hers.setOnline(false);
  const { id } = await client.send(chat("stopped"));
  await client.stopSending(id);
  expect(await texts(client)).toEqual([]);
  await client.send(chat("stopped"));
  expect(await texts(client)).toEqual(["stopped"]);
  hers.setOnline(true);
  await expect.poll(() => texts(ben), { timeout: 20_000 }).toEqual(["stopped"]);
});

test("a message that was composed anew is the same request, and is found under the id that it had before", async () => {
  const { hers, client } = await twoPeople();
  hers.setOnline(false);
  const { id: first } = await client.send(chat("one"));
  const { id: second } = await client.send(chat("two"));
  await client.remove(first);
  const again = await client.send(chat("two"));
  expect(again.id).not.toBe(second);
  await expect(client.send(chat("three", "two"))).rejects.toMatchObject({ code: "invalid" });
  expect((await client.details(second)).id).toBe(again.id);
  await client.sendAgain(second);
  await client.remove(second);
  expect(await texts(client)).toEqual([]);
  await client.remove(second);
});

test("a message that was composed anew twice is found under each id that it had", async () => {
  const { hers, client } = await twoPeople();
  hers.setOnline(false);
  const [first, second, third] = [
    await client.send(chat("one")),
    await client.send(chat("two")),
    await client.send(chat("three")),
  ];
  await client.remove(first.id);
  const once = (await client.details(third.id)).id;
  await client.remove(second.id);
  const twice = (await client.send(chat("three"))).id;
  expect(new Set([third.id, once, twice]).size).toBe(3);
  for (const id of [third.id, once, twice]) expect((await client.details(id)).id).toBe(twice);
});

//= protocol: ANEW-1
test("when a message was written stays true when it is composed anew a minute later", async () => {
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead, schedule: systemClock.schedule };
  const transport = createMemoryNetwork().transport();
  const host = createChannelHost({ storage: createMemoryStorage(), clock, openTransport: () => transport });
  closing.push(() => host.close());
  const { id } = await host.create({
    ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters: QUICK },
  });
  const client = host.open(id);
  transport.setOnline(false);
  const [first, second] = [await client.send(chat("one")), await client.send(chat("two"))];
  const { composedAt } = await client.details(second.id);
  clock.ahead += 60_000;
  await client.remove(first.id);
  const anew = await client.details(second.id);
  expect(anew.id).not.toBe(second.id);
  expect(anew.composedAt).toBe(composedAt);
});

test("a deletion that the channel's end cuts off is not said to be done", async () => {
  const disk = createMemoryDisk();
  const inner = createMemoryStorage(disk);
  let gate: Promise<void> | null = null;
  let [letGo, written] = [() => {}, 0];
  const commit: ChannelStorage["commit"] = async (...change) => {
    written++;
    await gate;
    await inner.commit(...change);
  };
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead, schedule: systemClock.schedule };
  const transport = createMemoryNetwork().transport();
  const host = createChannelHost({ storage: storageWith(inner, { commit }), clock, openTransport: () => transport });
  closing.push(() => host.close());
  // The introduction takes the one token that there is.
  const parameters = { ...QUICK, resendFirstMs: 600_000, resendMaxMs: 600_000, budgetPerTenMinutes: 1 };
  const { id } = await host.create({
    ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters },
  });
  const client = host.open(id);
  await expect.poll(async () => (await client.snapshot()).page.entries.length).toBe(1);
  const sent = await client.send(chat("regretted"));
  await expect.poll(async () => (await client.details(sent.id)).delivery.state.kind).toBe("waiting");
  // What a step writes anyway takes connected time along.
  clock.ahead += 20_000;
  gate = new Promise((resolve) => {
    letGo = () => resolve();
  });
  const before = written;
  const removing = client.remove(sent.id).then(
    () => "done",
    ({ code }) => code,
  );
  await expect.poll(() => written).toBeGreaterThan(before);
  const closed = host.close();
  letGo();
  await closed;
  const { messages } = await createMemoryStorage(disk).load(id);
  expect(messages.map((message) => message.id)).toContain(sent.id);
  expect(await removing).toBe("closed");
});
