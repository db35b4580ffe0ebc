import { afterEach, expect, test } from "vitest";
import type { Clock } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelClient, ChannelStatus, EphemeralView } from "../api/channel-client.ts";
import { createChannelHost } from "../host/host.ts";

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function online(client: ChannelClient): Promise<void> {
  const statuses: ChannelStatus[] = [];
  client.watchStatus((status) => statuses.push(status));
  await expect.poll(() => statuses.at(-1)?.connection, { timeout: 10_000 }).toBe("online");
}

async function channelWith(parameters: Readonly<Record<string, number>>, clock: Clock = systemClock) {
  const net = createMemoryNetwork();
  const transport = net.transport();
  const host = createChannelHost({
    storage: createMemoryStorage(createMemoryDisk()),
    openTransport: () => transport,
    clock,
  });
  closing.push(() => host.close());
  const { id } = await host.create({
    ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters },
  });
  const client = host.open(id);
  const statuses: ChannelStatus[] = [];
  client.watchStatus((status) => statuses.push(status));
  const becomes = (connection: ChannelStatus["connection"]) =>
    expect.poll(() => statuses.at(-1)?.connection, { timeout: 10_000 }).toBe(connection);
  await becomes("online");
  return { net, host, id, transport, client, becomes };
}

const STATUS = { type: "status", text: "is writing" } as const;

//= protocol: EPHEMERAL-4
test("the same words twice in one millisecond are two messages, and each comes once", async () => {
  let stoppedAt: number | null = null;
  const clock = { now: () => stoppedAt ?? Date.now(), schedule: systemClock.schedule };
  const { net, host, id, client } = await channelWith({}, clock);
  const other = createChannelHost({
    storage: createMemoryStorage(createMemoryDisk()),
    openTransport: () => net.transport(),
  });
  closing.push(() => other.close());
  const [channel] = await host.channels();
  await other.join({ invite: channel?.inviteCode ?? "", displayName: "Ben" });
  const ben = other.open(id);
  const heard: EphemeralView[] = [];
  ben.watchEphemeral((message) => heard.push(message));
  // What is said before he is there, nobody keeps for him.
  await online(ben);
  stoppedAt = Date.now();
  await client.sendEphemeral(STATUS);
  await client.sendEphemeral(STATUS);
  stoppedAt = null;
  await client.sendEphemeral({ type: "chat", text: "the end" });
  await expect
    .poll(() => heard.map(({ text }) => text), { timeout: 10_000 })
    .toEqual(["is writing", "is writing", "the end"]);
  expect(new Set(heard.map((message) => message.id)).size).toBe(3);
});

test("what is said after a clock was set back is dated by that clock", async () => {
  const clock = { ahead: 60 * 60_000, now: () => Date.now() + clock.ahead, schedule: systemClock.schedule };
  const { net, host, client } = await channelWith({}, clock);
  const other = createChannelHost({
    storage: createMemoryStorage(createMemoryDisk()),
    openTransport: () => net.transport(),
  });
  closing.push(() => other.close());
  const [channel] = await host.channels();
  const { id } = await other.join({ invite: channel?.inviteCode ?? "", displayName: "Ben" });
  const ben = other.open(id);
  const heard: string[] = [];
  ben.watchEphemeral(({ text }) => heard.push(text));
  await online(ben);
  await client.sendEphemeral({ type: "chat", text: "from the future" });
  clock.ahead = 0;
  await client.sendEphemeral({ type: "chat", text: "now" });
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(["now"]);
});

//= protocol: EPHEMERAL-5
test("while offline nothing is said, and nothing is kept for later", async () => {
  const { transport, client, becomes } = await channelWith({});
  transport.setOnline(false);
  await becomes("offline");
  await expect(client.sendEphemeral(STATUS)).rejects.toMatchObject({ code: "not-sent" });
  transport.setOnline(true);
  await becomes("online");
  await expect(client.sendEphemeral(STATUS)).resolves.toBeUndefined();
});

//= protocol: EPHEMERAL-5
test("what is said in passing takes its share of the network's rate limit, and says when there is room again", async () => {
  const { client } = await channelWith({ budgetPerTenMinutes: 10, resendFirstMs: 600_000, resendMaxMs: 600_000 });
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => client.sendEphemeral(STATUS)));
  const said = outcomes.filter(({ status }) => status === "fulfilled").length;
  // 45 % of ten, of which the introduction took one.
  expect(said).toBe(3);
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  expect(refused?.reason).toMatchObject({ code: "not-sent", message: expect.stringMatching(/in [1-9]\d* s/) });
});
