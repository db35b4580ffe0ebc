import { afterEach, expect, it, vi } from "vitest";
import * as core from "../../sds/step.ts";
import { createFaultyStorage } from "../../storage/memory/faulty-storage.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelStatus } from "../api/channel-client.ts";
import type { ChannelHost } from "../api/channel-host.ts";
import { QUICK, say, until } from "../testing/contract-fixture.ts";
import { createChannelHost } from "./host.ts";

vi.mock("../../sds/step.ts", { spy: true });

let host: ChannelHost;
afterEach(async () => {
  vi.mocked(core.step).mockReset();
  await host.close();
});

async function channelOn(storage: ChannelStorage) {
  host = createChannelHost({ storage, openTransport: () => createMemoryNetwork().transport() });
  const { id } = await host.create(QUICK);
  const client = host.open(id);
  let status: ChannelStatus | null = null;
  client.watchStatus((next) => {
    status = next;
  });
  await until("a status", () => status !== null);
  return { client, status: () => status };
}

it("a channel that stops for a mistake of its own does not say that storage is full", async () => {
  const { client, status } = await channelOn(createMemoryStorage());
  vi.mocked(core.step).mockImplementation(() => {
    throw new Error("a defect");
  });
  await expect(say(client, "first")).rejects.toMatchObject({ code: "internal" });
  expect(status()).toMatchObject({ mistake: true, storageProblem: "" });
  await expect(say(client, "second")).rejects.toMatchObject({ code: "internal" });
});

it("a channel that cannot be written says so, and that it is no mistake", async () => {
  const writes = Array.from({ length: 50 }, (_, index) => index + 5);
  const storage = createFaultyStorage(createMemoryStorage(), { fail: { writes, code: "quota" } });
  const { client, status } = await channelOn(storage);
  await until("a write fails", async () => (await say(client, `${Math.random()}`).catch(() => null)) === null);
  expect(status()).toMatchObject({ mistake: false, storageProblem: expect.stringContaining("Planned fault") });
  await expect(say(client, "later")).rejects.toMatchObject({ code: "storage" });
});
