/**
 * Those who talk in `live.ts`: creates a channel, prints an invite to it, and for each line that it is told says some
 * messages. `warm up`: as a start. `talk`: those that are measured; each holds when it was said.
 * Usage: node live-speakers-child.js MULTIADDR
 */
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type { ChannelClient } from "../src/channel/api/channel-client.ts";
import type { ChannelHost } from "../src/channel/api/channel-host.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import { LIVE } from "./support/live-figures.ts";
import { isOnline } from "./support/online.ts";

const TEXT_CHARACTERS = 100;
const [, , multiaddr = ""] = process.argv;

function device(): ChannelHost {
  return createChannelHost({
    storage: createMemoryStorage(),
    openTransport: (network) => createWakuTransport({ network }),
  });
}

const multiaddrs = [multiaddr];
const first = device();
const created = { name: "Bench", displayName: "First", profile: "community", multiaddrs, parameters: {} } as const;
const { id, inviteCode } = await first.create(created);
const clients: ChannelClient[] = [first.open(id)];
while (clients.length < LIVE.speakers) {
  const host = device();
  await host.join({ invite: inviteCode, displayName: `Speaker ${clients.length}` });
  clients.push(host.open(id));
}
await Promise.all(clients.map(isOnline));

let said = 0;

/** At an even pace, whatever each of them takes. */
async function talk(count: number): Promise<void> {
  const startedAt = performance.now();
  for (let number = 0; number < count; number++) {
    const wait = startedAt + (number * 1_000) / LIVE.perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const client = clients[number % clients.length];
    const text = `At ${performance.timeOrigin + performance.now()} number ${said} `.padEnd(TEXT_CHARACTERS, "of it ");
    client?.send({ requestId: `request ${said++}`, type: "chat", text }).catch((error: unknown) => {
      // Whoever waits for it would do so in vain.
      console.error(error);
      process.exit(1);
    });
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => void talk(line === "talk" ? LIVE.messages : LIVE.warmUp))
  .on("close", () => process.exit());
console.log(inviteCode);
