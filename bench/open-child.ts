/**
 * Starts a host on what `open-fill.ts` wrote, waits until every channel is subscribed at the service node, and prints a line of
 * JSON (`OpenFigures`). Usage: node --expose-gc open-child.js FILE
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { deserialize } from "node:v8";
import type { ChannelClient } from "../src/channel/api/channel-client.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import type { ChannelStorage } from "../src/storage/port.ts";
import type { OpenFigures } from "./open.ts";
import type { FilledChannel } from "./open-fill.ts";

const [, , file = ""] = process.argv;

async function filledStorage(): Promise<ChannelStorage> {
  const storage = createMemoryStorage();
  for (const { device, changes } of deserialize(readFileSync(file)) as FilledChannel[]) {
    await storage.putDevice(device);
    await storage.commit(device.channel, changes, "relaxed");
  }
  return storage;
}

function subscribed(client: ChannelClient): Promise<void> {
  return new Promise((resolve) => {
    client.watchStatus(({ connection }) => connection === "online" && resolve());
  });
}

function bytesInUse(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const storage = await filledStorage();
// In a later turn what only the filling used can be collected.
await new Promise((resolve) => setTimeout(resolve, 0));
const bytesBefore = bytesInUse();
const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
// Here, as a worker has to load its code too.
const { createChannelHost } = await import("../src/channel/host/host.ts");
const { createWakuTransport } = await import("../src/transport/waku/waku-transport.ts");
const loadedMs = performance.now() - startedAt;
const host = createChannelHost({ storage, openTransport: (network) => createWakuTransport({ network }) });
const clients = (await host.channels()).map(({ id }) => host.open(id));
const shown = Promise.all(clients.map((client) => client.snapshot())).then((views) => {
  if (views.some(({ page }) => page.entries.length === 0)) throw new Error("A channel has nothing to show.");
  return performance.now() - startedAt;
});
await Promise.all(clients.map(subscribed));
const subscribedMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
const shownMs = await shown;
const bytes = bytesInUse() - bytesBefore;
const figures: OpenFigures = { loadedMs, shownMs, subscribedMs, cpuMs: (user + system) / 1_000, bytes };
console.log(JSON.stringify(figures));
await host.close();
