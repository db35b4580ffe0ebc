import { describe, expect, it } from "vitest";
import { OneCore } from "../../sds/testing/one-core.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { ChannelEvent, ChannelStatus } from "../api/channel-client.ts";
import { MAX_PAGE } from "../api/limits.ts";
import type { Channel } from "../channel.ts";
import { type OrderBench, openOrderBench, settle } from "../testing/order-fixture.ts";
import { createDirectClient } from "./direct-client.ts";

const VIEW = {
  ...({ profile: "community", parameters: {} } as const),
  ...{ id: "harbour", name: "Harbour", inviteCode: "", ownerFingerprint: "" },
};

async function clientOf(change: (bench: OrderBench) => Channel = ({ channel }) => channel) {
  const bench = await openOrderBench({});
  let open = (_channel: Channel): void => {};
  const opening = new Promise<Channel>((resolve) => {
    open = resolve;
  });
  const channelId = bench.channel.state.identity.channelId;
  const view = () => VIEW as unknown as ReturnType<Parameters<typeof createDirectClient>[1]>;
  const client = createDirectClient(opening, view, channelId, bench.disk.storage);
  return { ...bench, client, open: () => open(change(bench)) };
}

/** A channel with so many messages of others, whose texts are not here. */
function withMessages(count: number) {
  const core = new OneCore();
  for (let n = 1; n <= count; n++) core.receive(`m${n}`, "ben", { lamport: core.now - count + n });
  return ({ channel }: OrderBench): Channel => ({ ...channel, state: core.state });
}

describe("a page", () => {
  it("has as many places as were asked for, 500 at most, and 100 when nobody says", async () => {
    const { client, open, channel } = await clientOf(withMessages(510));
    open();
    const end = { lamport: Number.MAX_SAFE_INTEGER, id: "" as never };
    const sizes = [];
    for (const limit of [1, 2, 499, MAX_PAGE]) {
      sizes.push((await client.page(end, limit)).entries.length);
    }
    expect(sizes).toEqual([1, 2, 499, 500]);
    expect((await client.snapshot()).page).toMatchObject({ entries: { length: 100 }, more: true });
    await channel.close();
  });
});

it("a page of one says whether there is more, and one of none is refused", async () => {
  for (const count of [1, 2]) {
    const { client, open, channel } = await clientOf(withMessages(count));
    open();
    const end = { lamport: Number.MAX_SAFE_INTEGER, id: "end" as MessageId };
    const page = await client.page(end, 1);
    expect([page.entries.length, page.more]).toEqual([1, count > 1]);
    await expect(client.page(end, 0)).rejects.toMatchObject({ code: "invalid" });
    await channel.close();
  }
});

describe("a subscription", () => {
  it("that begins before the channel is open hears it from then on", async () => {
    const { client, open, channel } = await clientOf();
    const [events, statuses]: [ChannelEvent[], ChannelStatus[]] = [[], []];
    client.subscribe(channel.events.lastSeq(), (event) => events.push(event));
    client.watchStatus((status) => statuses.push(status));
    open();
    await settle();
    expect(statuses.length).toBe(1);
    await client.send({ requestId: "one", type: "chat", text: "one" });
    await settle();
    expect(events.some(({ kind }) => kind === "entry")).toBe(true);
    await channel.close();
  });

  it("that was ended before the channel was open never begins", async () => {
    const { client, open, channel } = await clientOf();
    const heard: unknown[] = [];
    const ends = [
      client.watchStatus((status) => heard.push(status)),
      client.subscribe(0, (event) => heard.push(event)),
      client.watchEphemeral((message) => heard.push(message)),
    ];
    for (const end of ends) end();
    open();
    await settle();
    await channel.send({ requestId: "one", type: "chat", text: "one" });
    await settle();
    expect(heard).toEqual([]);
    await channel.close();
  });

  it("ends with its client, whether the channel was open or not, and other clients go on", async () => {
    const { client, open, channel } = await clientOf();
    const [heard, others]: [unknown[], unknown[]] = [[], []];
    client.watchStatus((status) => heard.push(status));
    client.subscribe(0, (event) => heard.push(event));
    channel.events.subscribe(channel.events.lastSeq(), (event) => others.push(event));
    open();
    await settle();
    client.close();
    client.close();
    const before = heard.length;
    client.watchStatus((status) => heard.push(status))();
    await channel.send({ requestId: "one", type: "chat", text: "one" });
    await settle();
    expect(heard.length).toBe(before);
    expect(others.length).toBeGreaterThan(0);
    await channel.close();
  });
});

describe("a request", () => {
  it("is refused by a client that is closed, and by a channel that is", async () => {
    const { client, open, channel } = await clientOf();
    open();
    await channel.close();
    await expect(client.snapshot()).rejects.toMatchObject({
      code: "closed",
      message: expect.stringContaining("on this device"),
    });
    client.close();
    await expect(client.snapshot()).rejects.toMatchObject({ code: "closed", message: expect.stringContaining("view") });
  });
});
