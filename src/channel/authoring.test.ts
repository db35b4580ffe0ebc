import { afterEach, expect, test } from "vitest";
import { createMemoryDisk } from "../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../transport/memory/memory-network.ts";
import type { ChannelClient, LogEntry } from "./channel-client.ts";
import { createChannelHost } from "./host.ts";

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

const said = (entry: LogEntry): string[] => {
  if (entry.kind === "hole") return [`hole ${entry.state}`];
  return entry.type === "chat" ? [entry.text] : [];
};

async function texts(client: ChannelClient): Promise<string[]> {
  return (await client.snapshot(500)).page.entries.flatMap(said);
}

const chat = (text: string, requestId = text) => ({ requestId, type: "chat", text }) as const;

test("a message that is sent while an older one is deleted does not name the deleted one", async () => {
  const { hers, client, ben } = await twoPeople();
  hers.setOnline(false);
  const { id } = await client.send(chat("one"));
  await Promise.all([client.send(chat("two")), client.remove(id), client.send(chat("three"))]);
  expect(await texts(client)).toEqual(["two", "three"]);
  hers.setOnline(true);
  await expect.poll(() => texts(ben), { timeout: 20_000 }).toEqual(["two", "three"]);
});

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
