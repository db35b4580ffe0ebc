/**
 * Joins a channel whose messages a Store has, waits until all are delivered, and prints a line of JSON (`JoinFigures`).
 * Usage: node join-child.js INVITE MESSAGES [profile]
 */
import { performance } from "node:perf_hooks";
import type { ChannelClient } from "../src/channel/api/channel-client.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import type { JoinFigures } from "./join.ts";
import { startProfile } from "./support/profile.ts";

const [, , invite = "", count = "0", how] = process.argv;
const messages = Number(count);

/** Resolves with the time of the first message, once all are told, as they are told to a screen. */
function allDelivered(client: ChannelClient): Promise<number> {
  return new Promise((resolve, reject) => {
    let delivered = 0;
    let firstAt = 0;
    client.subscribe(0, (event) => {
      if (event.kind === "reset") reject(new Error("The count was lost."));
      if (event.kind !== "entry" || event.entry.kind !== "message" || event.entry.type !== "chat") return;
      if (delivered++ === 0) firstAt = performance.now();
      if (delivered === messages) resolve(firstAt);
    });
  });
}

const host = createChannelHost({
  storage: createMemoryStorage(),
  openTransport: (network) => createWakuTransport({ network }),
});
await host.channels();
const stopProfile = how === "profile" ? await startProfile() : async () => [];
const [startedAt, cpu, loop] = [performance.now(), process.cpuUsage(), performance.eventLoopUtilization()];
const { id } = await host.join({ invite, displayName: "Newcomer" });
const client = host.open(id);
const firstAt = await allDelivered(client);
const wallMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpu);
const idleMs = performance.eventLoopUtilization(loop).idle;
const shares = await stopProfile();
const { page } = await client.snapshot();
const shownMs = performance.now() - startedAt;
const newest = page.entries.findLast((entry) => entry.kind === "message" && entry.type === "chat");
if (newest?.kind !== "message" || !newest.text.startsWith(`Message ${messages - 1} `)) {
  throw new Error("The newest page is not that of the newest messages.");
}
const cpuMs = (user + system) / 1_000;
const figures: JoinFigures = { wallMs, firstMs: firstAt - startedAt, shownMs, idleMs, cpuMs, shares };
console.log(JSON.stringify(figures));
await host.close();
