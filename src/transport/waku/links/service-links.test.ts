import type { Connection } from "@libp2p/interface";
import { afterEach, expect, test, vi } from "vitest";
import { createSeededRandom } from "../../../runtime/seeded-random.ts";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createIdentifyWatch } from "../dialling/identify-watch.ts";
import { createArrivals } from "../liveness/arrivals.ts";
import { createFakeFilter } from "../testing/fake-filter.ts";
import { createFakeLibp2p, type FakeDial, LAN_ADDRESS, LOOPBACK_ADDRESS } from "../testing/fake-libp2p.ts";
import { createFilterBook } from "./filter-book.ts";
import { createServiceLinks } from "./service-links.ts";
import { createTopicRegistry } from "./topic-registry.ts";

const TOPIC = "/hearback/1/a/proto";

afterEach(() => vi.unstubAllGlobals());

function bench(multiaddrs: readonly string[], held = () => new Map([[TOPIC, TOPIC]])) {
  const clock = createVirtualClock(1_000_000);
  const fake = createFakeLibp2p(() => clock.now());
  const service = createFakeFilter(() => clock.now());
  const { filter } = service;
  const asked: string[] = [];
  const troubles = new Map<Connection, string>();
  const topics = createTopicRegistry({ onMessage: () => undefined, onChange: () => undefined });
  const heard: string[] = [];
  const tell = (): void => {
    const { kind } = links.health();
    if (heard.at(-1) !== kind) heard.push(kind);
  };
  const links = createServiceLinks({
    ...{ network: { clusterId: 42, shards: 8, multiaddrs }, topics, refreshIntervalMs: 60_000, clock },
    ...{ random: createSeededRandom(1), onChange: tell, silenceLimitMs: 11_500, isAttended: () => true },
    onDoubt: (agoMs) => void asked.push(`doubt ${agoMs}`),
    trouble: (connection) => troubles.get(connection),
  });
  const parts = {
    ...{
      libp2p: fake.libp2p,
      arrivals: createArrivals(clock),
      leftAlone: { note: () => undefined, until: () => 0, why: () => undefined },
      filter,
      metadata: { query: async () => ({ shardInfo: null, error: null }) } as never,
    },
    identified: createIdentifyWatch({ libp2p: fake.libp2p, limitMs: 9_000, clock }),
    book: {
      ...createFilterBook({ libp2p: fake.libp2p, filter, onChange: tell }),
      held,
      check: async () => {
        asked.push("check");
        return "holds" as const;
      },
    },
  };
  const answer = (dial: FakeDial | undefined) => {
    const connection = fake.connect();
    fake.identify(connection);
    dial?.answer(connection);
    return connection;
  };
  const end = async (): Promise<void> => {
    links.stop();
    await links.finished();
    expect(clock.pending).toBe(0);
  };
  return {
    clock,
    fake,
    filter: service,
    links,
    topics,
    asked,
    heard,
    troubles,
    answer,
    end,
    open: () => links.open(parts),
  };
}

test("a network that names nobody is offline, with advice", async () => {
  const { links, open, end } = bench([]);
  open();
  expect(links.health()).toEqual({ kind: "offline", reason: "the network names no service node; add one" });
  await end();
});

test("offline is said only when every service node has failed; online when one is ready", async () => {
  const { clock, fake, links, heard, answer, open, end } = bench([LAN_ADDRESS, LOOPBACK_ADDRESS]);
  expect(links.health()).toEqual({ kind: "connecting" });
  open();
  fake.dials[0]?.refuse();
  await clock.advanceSettled(0);
  expect(links.health()).toEqual({ kind: "connecting", reason: expect.stringContaining("192.168.1.2") });
  fake.dials[1]?.refuse();
  await clock.advanceSettled(0);
  expect(links.health()).toMatchObject({ kind: "offline", reason: expect.stringContaining("192.168.1.2") });
  fake.onDial = answer;
  await clock.advanceSettled(400);
  expect([links.health(), links.connections().length]).toEqual([{ kind: "online", peers: 2 }, 2]);
  expect(heard).toEqual(["connecting", "offline", "online"]);
  await end();
});

test("a browser that is back online dials at once, and after the stop no more", async () => {
  const listeners = new Set<() => void>();
  vi.stubGlobal("addEventListener", (_type: string, listener: () => void) => listeners.add(listener));
  vi.stubGlobal("removeEventListener", (_type: string, listener: () => void) => listeners.delete(listener));
  const { clock, fake, open, end } = bench([LAN_ADDRESS]);
  open();
  fake.onDial = (dial) => dial.refuse();
  fake.dials[0]?.refuse();
  // By now the pauses are between four and six seconds.
  await clock.advanceSettled(20_000);
  const before = fake.dials.length;
  await clock.runUntilDone(() => fake.dials.length > before, 10_000);
  await clock.advanceSettled(1_100);
  for (const listener of listeners) listener();
  await clock.advanceSettled(0);
  expect([listeners.size, fake.dials.length - before]).toEqual([1, 2]);
  await end();
  expect(listeners.size).toBe(0);
});

test("a service node is asked about its own connection, and about nobody else's", async () => {
  const { clock, fake, links, asked, answer, open, end } = bench([LAN_ADDRESS]);
  open();
  const connection = answer(fake.dials[0]);
  await clock.advanceSettled(0);
  expect(links.connections()).toEqual([connection]);
  await connection.close();
  const next = answer(undefined);
  fake.onDial = (dial) => dial.answer(next);
  await clock.advanceSettled(1_000);
  links.checkSubscriptions(connection);
  await clock.advanceSettled(0);
  expect(asked).toHaveLength(0);
  links.checkSubscriptions(next);
  await clock.advanceSettled(0);
  expect(asked).toHaveLength(1);
  await end();
});

test("is being checked when all that are ready say nothing; one that answers is enough", async () => {
  const { clock, fake, links, answer, open, end } = bench([LAN_ADDRESS, LOOPBACK_ADDRESS]);
  open();
  const connections = fake.dials.map((dial) => answer(dial));
  await clock.advanceSettled(0);
  fake.onPing = (connection) => connection === connections[0];
  await clock.advanceSettled(7_000);
  expect(links.health()).toEqual({ kind: "online", peers: 1 });
  fake.onPing = () => false;
  await clock.advanceSettled(7_000);
  expect(links.health()).toEqual({ kind: "checking", peers: 2 });
  await end();
});

test("what may be missing is told when every ready service node may push elsewhere, and not when one pushes here", async () => {
  const { clock, fake, links, asked, answer, open, end } = bench([LAN_ADDRESS, LOOPBACK_ADDRESS]);
  open();
  const connections = fake.dials.map((dial) => answer(dial));
  await clock.advanceSettled(1_000);
  fake.onDial = (dial) => void connections.push(answer(dial));
  await connections[0]?.close();
  await clock.advanceSettled(4_000);
  expect(asked.filter((each) => each.startsWith("doubt"))).toEqual([]);
  await connections[1]?.close();
  await clock.advanceSettled(4_000);
  expect(asked.filter((each) => each.startsWith("doubt")).length).toBeGreaterThan(0);
  const told = asked.length;
  for (const connection of connections) links.pushed(connection);
  await clock.advanceSettled(9_000);
  expect(asked).toHaveLength(told);
  await end();
});

test("one that was never reached keeps nobody from being told what may be missing", async () => {
  const { clock, fake, asked, answer, open, end } = bench([
    LAN_ADDRESS,
    LOOPBACK_ADDRESS.replace(/p2p.*/, "p2p/other"),
  ]);
  open();
  const connection = answer(fake.dials[0]);
  await clock.advanceSettled(1_000);
  await connection.close();
  fake.onDial = (dial) => (fake.dials.length === 3 ? void answer(dial) : undefined);
  await clock.advanceSettled(5_000);
  expect(asked.filter((each) => each.startsWith("doubt")).length).toBeGreaterThan(0);
  await end();
});

test("a question that is not answered is followed by a ping, of that service node alone", async () => {
  const { clock, fake, links, answer, open, end } = bench([LAN_ADDRESS, LOOPBACK_ADDRESS]);
  open();
  const connections = fake.dials.map((dial) => answer(dial));
  await clock.advanceSettled(500);
  const pinged: unknown[] = [];
  fake.onPing = (connection) => {
    pinged.push(connection);
    return true;
  };
  if (connections[1] !== undefined) links.asked(connections[1]);
  await clock.advanceSettled(1_000);
  expect(pinged).toEqual([connections[1]]);
  await end();
});

test("a service node that is connected and refuses is no reason to be offline", async () => {
  const { clock, fake, filter, links, topics, answer, open, end } = bench([LAN_ADDRESS], () => new Map());
  filter.answer = () => "refused";
  topics.want(TOPIC, "/waku/2/rs/42/0");
  topics.start({ subscribe: async () => true, unsubscribe: async () => true });
  await clock.advanceSettled(0);
  open();
  answer(fake.dials[0]);
  await clock.advanceSettled(100);
  expect([links.connections().length, links.health()]).toEqual([
    1,
    { kind: "connecting", reason: expect.stringContaining("did not agree to push messages") },
  ]);
  await end();
});

test("while one is ready, what is wrong with another one is said, or with a service of its own", async () => {
  const { clock, fake, links, troubles, answer, open, end } = bench([LAN_ADDRESS, LOOPBACK_ADDRESS]);
  open();
  fake.dials[0]?.refuse();
  const connection = answer(fake.dials[1]);
  await clock.advanceSettled(0);
  expect(links.health()).toEqual({ kind: "online", peers: 1, reason: expect.stringContaining("192.168.1.2") });
  fake.onDial = answer;
  await clock.advanceSettled(400);
  expect(links.health()).toEqual({ kind: "online", peers: 2 });
  troubles.set(connection, "refuses messages");
  expect(links.health()).toEqual({ kind: "online", peers: 2, reason: "refuses messages" });
  await end();
});
