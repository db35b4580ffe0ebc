import "../../polyfills.ts";
import { afterEach, expect, test } from "vitest";
import { createChannelHost } from "../../../src/channel/host/host.ts";
import { createMemoryStorage } from "../../../src/storage/memory/memory-storage.ts";
import type { HistoryPage, HistoryQuery, Transport, TransportHealth } from "../../../src/transport/port.ts";
import { nodesAndClients } from "../testing/nodes-and-clients.ts";

const CHANNELS = 12;
const QUERIES_EACH = 2;
const TIMEOUT_MS = 60_000;
const { start, connect, atEnd, end } = nodesAndClients();

afterEach(end);

/**
 * The same transport, with the topic of each read of history, from its beginning on, that came to its end, and how
 * often the connection was in doubt, which is a reason for each channel to look again.
 */
function watchReads(transport: Transport) {
  const read: string[] = [];
  let doubts = 0;
  async function* queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    yield* transport.queryHistory(query);
    if (query.by === "time" && query.newestFirst !== true) read.push(query.contentTopic);
  }
  transport.onDoubt?.(() => doubts++);
  return {
    read,
    get doubts() {
      return doubts;
    },
    transport: { ...transport, queryHistory },
  };
}

const until = (condition: () => boolean) => expect.poll(condition, { timeout: TIMEOUT_MS / 2, interval: 5 }).toBe(true);

//= protocol: STORE-1
test(
  "each of many channels reads its own history once: that another one is joined is no reason to read it again",
  async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    atEnd(async () => process.off("warning", warn));
    const node = await start();
    const watched = watchReads(connect(node.multiaddr));
    const host = createChannelHost({ storage: createMemoryStorage(), openTransport: () => watched.transport });
    atEnd(() => host.close());
    for (let number = 1; number <= CHANNELS; number++) {
      const { multiaddr } = node;
      await host.create({
        ...{ name: `Channel ${number}`, displayName: "Ada", profile: "community" as const, parameters: {} },
        multiaddrs: [multiaddr],
      });
      // So that the next one is joined when this one has read all.
      await until(() => watched.read.length >= number);
    }
    const { doubts } = watched;
    const { queries } = node.status().traffic;
    expect(new Set(watched.read).size).toBe(CHANNELS);
    expect(queries).toBeGreaterThanOrEqual(CHANNELS);
    // A machine that stands still for seconds makes the connection doubtful, and then all look again.
    expect(queries).toBeLessThanOrEqual(CHANNELS * QUERIES_EACH * (1 + doubts));
    // More listeners than an engine takes for sound would be one: a leak, or what looks like one.
    expect(warnings).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a topic is online when it is pushed, whatever is subscribed meanwhile",
  async () => {
    const transport = connect((await start()).multiaddr);
    const first = "/hearback/1/many-channels-a/proto";
    const second = "/hearback/1/many-channels-b/proto";
    transport.subscribe(first, () => undefined);
    await until(() => transport.health(first).kind === "online" && transport.health().kind === "online");
    const told: Record<"first" | "second" | "all", TransportHealth["kind"][]> = { first: [], second: [], all: [] };
    transport.onHealth(({ kind }) => told.first.push(kind), first);
    transport.onHealth(({ kind }) => told.all.push(kind));
    const stop = transport.subscribe(second, () => undefined);
    transport.onHealth(({ kind }) => told.second.push(kind), second);
    expect([transport.health(first).kind, transport.health(second).kind]).toEqual(["online", "connecting"]);
    await until(() => transport.health(second).kind === "online");
    expect(told).toEqual({ first: [], second: ["online"], all: ["connecting", "online"] });
    stop();
    expect(transport.health(second).kind).toBe("connecting");
    await transport.close();
    expect([transport.health(first).kind, told.first.at(-1)]).toEqual(["closed", "closed"]);
  },
  TIMEOUT_MS,
);
