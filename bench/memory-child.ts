/** Prints the bytes that each of N messages keeps in memory. Usage: node --expose-gc memory-child.js ours|peer N [hints] */
import { OurChannel } from "./support/our-channel.ts";
import { PeerChannel, PeerTraffic } from "./support/peer-channel.ts";
import { Traffic } from "./support/traffic.ts";

const [side, count = "0", kind] = process.argv.slice(2);
/** With the hash under which a Store has each message and its causes. */
const hints = kind === "hints";
const messages = Number(count);

function bytesInUse(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function ours(): number {
  // A first channel brings in code and tables that do not belong to a message.
  fillOurs(new OurChannel(), 2_000);
  const channel = new OurChannel();
  const before = bytesInUse();
  fillOurs(channel, messages);
  const used = (bytesInUse() - before) / messages;
  if (channel.state.log.order.size !== messages) throw new Error("Not all were delivered.");
  return used;
}

function fillOurs(channel: OurChannel, count: number): void {
  const traffic = new Traffic({ authors: 5, dependencies: 2, hints });
  for (let i = 0; i < count; i++) channel.receive(traffic.next());
}

async function peer(): Promise<number> {
  await fillPeer(new PeerChannel("receiver", 2), 200);
  const channel = new PeerChannel("receiver", 2);
  const before = bytesInUse();
  await fillPeer(channel, messages);
  const used = (bytesInUse() - before) / messages;
  // Keeps the channel alive up to here.
  if (channel.filterBytes.length === 0) throw new Error("Nothing was received.");
  return used;
}

async function fillPeer(channel: PeerChannel, count: number): Promise<void> {
  const traffic = new PeerTraffic(2, hints);
  for (let i = 0; i < count; i++) await channel.receive(traffic.next().encode());
}

console.log(side === "peer" ? await peer() : ours());
