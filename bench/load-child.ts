/**
 * Some participants of one channel in one process, each a host of its own over the Waku transport, directed by the process
 * that started this one (`support/crowd.ts`, which says what is asked and answered).
 */
import { performance } from "node:perf_hooks";
import type { ChannelClient, ChannelEvent } from "../src/channel/api/channel-client.ts";
import type { ChannelHost } from "../src/channel/api/channel-host.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import type { Transport } from "../src/transport/port.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import type { Answer, Order } from "./support/crowd.ts";

/** How late the event loop is, is looked at so often. */
const LOOK_MS = 200;

interface Guest {
  readonly host: ChannelHost;
  readonly client: ChannelClient;
  readonly sent: Map<string, { readonly number: number; readonly at: number }>;
}

const guests: Guest[] = [];
const traffic = { published: 0, publishedBytes: 0, pushed: 0, pushedBytes: 0, delivered: 0, latestMs: 0 };

/** The same transport, and what passes through it is counted. */
function counting(transport: Transport): Transport {
  return {
    ...transport,
    publish: (frame) => {
      traffic.published++;
      traffic.publishedBytes += frame.payload.length;
      return transport.publish(frame);
    },
    subscribe: (topic, listener) =>
      transport.subscribe(topic, (frame) => {
        traffic.pushed++;
        traffic.pushedBytes += frame.payload.length;
        listener(frame);
      }),
  };
}

function answer(words: Answer): void {
  process.send?.(words);
}

/** Joins, and tells when it is connected and when it knows everybody by name. */
async function join(invite: string, index: number, everybody: number): Promise<void> {
  const host = createChannelHost({
    storage: createMemoryStorage(),
    openTransport: (network) => counting(createWakuTransport({ network })),
  });
  await host.channels();
  const startedAt = performance.now();
  const { id } = await host.join({ invite, displayName: `Guest ${index}` });
  const client = host.open(id);
  const guest: Guest = { host, client, sent: new Map() };
  guests.push(guest);
  const stop = client.watchStatus(({ connection }) => {
    if (connection !== "online") return;
    answer({ kind: "connected", ms: performance.now() - startedAt });
    queueMicrotask(() => stop());
  });
  const named = new Set<string>();
  client.subscribe(0, (event) => {
    if (event.kind === "participant" && event.participant.name !== "" && named.size < everybody) {
      named.add(event.participant.id);
      if (named.size === everybody) answer({ kind: "knows-all", ms: performance.now() - startedAt });
    }
    hear(guest, event);
  });
}

function hear(guest: Guest, event: ChannelEvent): void {
  if (event.kind === "reset") throw new Error("Events were lost.");
  if (event.kind === "entry" && event.entry.kind === "message" && event.entry.type === "chat") {
    const [, , at] = event.entry.text.split(" ");
    if (!event.entry.mine) answer({ kind: "delivered", ms: Date.now() - Number(at) });
  }
  if (event.kind !== "delivery") return;
  for (const { id, delivery } of event.updates) {
    const said = guest.sent.get(id);
    if (said === undefined || delivery.state.kind !== "everyone") continue;
    guest.sent.delete(id);
    answer({ kind: "received", number: said.number, ms: Date.now() - said.at, n: delivery.state.n });
  }
}

async function say(index: number, number: number): Promise<void> {
  const guest = guests[index % guests.length];
  if (guest === undefined) throw new Error("Nobody has joined yet.");
  const at = Date.now();
  const text = `Message ${number} ${at} ${"x".repeat(80)}`;
  const { id } = await guest.client.send({ requestId: crypto.randomUUID(), type: "chat", text });
  guest.sent.set(id, { number, at });
}

function watchLoop(): void {
  let expected = performance.now() + LOOK_MS;
  setInterval(() => {
    traffic.latestMs = Math.max(traffic.latestMs, performance.now() - expected);
    expected = performance.now() + LOOK_MS;
  }, LOOK_MS);
}

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case "join":
      await Promise.all(
        Array.from({ length: order.count }, (_, index) => join(order.invite, order.first + index, order.everybody)),
      );
      return;
    case "say":
      return say(order.index, order.number);
    case "report": {
      const { user, system } = process.cpuUsage();
      answer({ kind: "report", cpuMs: (user + system) / 1_000, ...traffic });
      traffic.latestMs = 0;
      return;
    }
    case "leave":
      await Promise.all(guests.map(({ host }) => host.close()));
      process.exit(0);
  }
}

watchLoop();
process.on("disconnect", () => process.exit(1));
process.on("message", (order: Order) => {
  obey(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
