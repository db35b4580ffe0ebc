/**
 * Sends messages in a channel of its own over a service node, one at a time and then many at once, and prints a line of
 * JSON (`SendFigures`).
 * Usage: node send-child.js MULTIADDR [profile]
 */
import { performance } from "node:perf_hooks";
import type { ChannelClient } from "../src/channel/api/channel-client.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import { isOnline } from "./support/online.ts";
import { startProfile } from "./support/profile.ts";
import { BURST, ONE_BY_ONE, type SendFigures, type Sending } from "./support/send-figures.ts";
import { createTaken } from "./support/taken.ts";

/** What the first messages cost is the engine's work on code that it has not seen yet. */
const WARM_UP = 200;
const TEXT_CHARACTERS = 100;

const [, , multiaddr = "", how] = process.argv;

const host = createChannelHost({
  storage: createMemoryStorage(),
  openTransport: (network) => createWakuTransport({ network }),
});
const multiaddrs = [multiaddr];
const created = { name: "Bench", displayName: "Sender", profile: "community", multiaddrs, parameters: {} } as const;
const { id } = await host.create(created);
const client = host.open(id);
const taken = createTaken(client);
await isOnline(client);
let said = 0;

/** One message; resolves when it is on disk. */
function say(to: ChannelClient): Promise<unknown> {
  const number = said++;
  const text = `Message ${number} `.padEnd(TEXT_CHARACTERS, "of the benchmark ");
  return to.send({ requestId: `request ${number}`, type: "chat", text });
}

async function sayOneByOne(count: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count) {
    const startedAt = performance.now();
    await say(client);
    await taken.all(said);
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function sayAtOnce(count: number): Promise<number[]> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: count }, () => say(client)));
  await taken.all(said);
  return [performance.now() - startedAt];
}

/** CPU of the whole process, helper threads with it, and what took the thread's time if that is asked for. */
async function measured(count: number, work: (count: number) => Promise<number[]>): Promise<Sending> {
  const stopProfile = how === "profile" ? await startProfile() : async () => [];
  const cpu = process.cpuUsage();
  const timesMs = await work(count);
  const { user, system } = process.cpuUsage(cpu);
  return { timesMs, cpuMs: (user + system) / 1_000 / count, shares: await stopProfile() };
}

await sayOneByOne(WARM_UP);
const figures: SendFigures = {
  oneByOne: await measured(ONE_BY_ONE, sayOneByOne),
  atOnce: await measured(BURST, sayAtOnce),
};
console.log(JSON.stringify(figures));
await host.close();
