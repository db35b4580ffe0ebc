import { expect } from "vitest";
import type {
  HistoryPage,
  HistoryQuery,
  InboundFrame,
  LiveFrame,
  OutboundFrame,
  Transport,
  TransportHealth,
} from "./port.ts";
import { TransportError } from "./port.ts";

/** What an adapter brings to be tested: a network that transports can be opened on, and that can die and come back. */
export interface TransportHarness {
  /** A new transport on the network, which the suite closes. */
  open(): Transport;
  /** A new transport on a network that runs and keeps no messages. */
  openWithoutStore(): Promise<Transport>;
  /** The network is gone when this resolves: no goodbye, as in a crash. */
  stopNetwork(): Promise<void>;
  /** The network is back at the same address. */
  startNetwork(): Promise<void>;
}

export interface ContractCase {
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

const WAIT_MS = 15_000;
/** Reconnecting takes seconds, not a minute. */
const RECONNECT_MS = 8_000;
let topicCount = 0;

/** Opens transports for a case and closes them after it. */
export interface Bench {
  readonly harness: TransportHarness;
  open(): Transport;
  openOnline(): Promise<Transport>;
  /** Online, on a network that keeps no messages. */
  openWithoutStore(): Promise<Transport>;
  closeAll(): Promise<void>;
}

export function createBench(harness: TransportHarness): Bench {
  const opened: Transport[] = [];

  function kept(transport: Transport): Transport {
    opened.push(transport);
    return transport;
  }

  async function online(transport: Transport): Promise<Transport> {
    await untilOnline(kept(transport));
    return transport;
  }

  return {
    harness,
    open: () => kept(harness.open()),
    openOnline: () => online(harness.open()),
    openWithoutStore: async () => online(await harness.openWithoutStore()),
    closeAll: async () => {
      await Promise.all(opened.splice(0).map((transport) => transport.close()));
    },
  };
}

/** What every `Transport` must do. Run each case with a fresh `Bench` and call its `closeAll` afterwards. */
export const transportContract: readonly ContractCase[] = [
  {
    name: "connects by itself: connecting, then online",
    async run(bench) {
      const transport = bench.open();
      const seen: TransportHealth[] = [];
      transport.onHealth((health) => seen.push(health));
      expect(transport.health().kind).toBe("connecting");
      await until(() => transport.health().kind === "online");
      expect(seen.at(-1)).toEqual({ kind: "online", peers: 1 });
    },
  },
  {
    name: "delivers live to others and to the sender, every byte and field as sent",
    async run(bench) {
      const [alice, bob] = [await bench.openOnline(), await bench.openOnline()];
      const topic = freshTopic();
      const [atAlice, atBob] = [await listen(alice, topic), await listen(bob, topic)];
      const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
      const sent: OutboundFrame = { contentTopic: topic, payload, version: 1, ephemeral: false, timestamp: Date.now() };
      const receipt = await alice.publish(sent);
      expect(receipt.hash).toHaveLength(32);
      await until(() => atAlice.length === 1 && atBob.length === 1);
      expect(plain(atBob[0])).toEqual(plain({ ...sent, hash: receipt.hash }));
      expect(plain(atAlice[0])).toEqual(plain(atBob[0]));
    },
  },
  {
    name: "says of each live frame when it was pushed, whatever its sender wrote",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const frames = await listen(transport, topic);
      const before = Date.now();
      await transport.publish({ ...frameOf(topic, 1), timestamp: before - 3_600_000 });
      await until(() => frames.length === 1);
      const arrivedAt = frames[0]?.arrivedAt ?? 0;
      expect(arrivedAt).toBeGreaterThanOrEqual(before);
      expect(arrivedAt).toBeLessThanOrEqual(Date.now());
    },
  },
  {
    name: "says of a subscribed topic how it is, whatever else is subscribed meanwhile",
    async run(bench) {
      const transport = await bench.openOnline();
      const [first, second] = [freshTopic(), freshTopic()];
      const frames = await listen(transport, first);
      await until(() => transport.health(first).kind === "online");
      const told: TransportHealth[] = [];
      transport.onHealth((health) => told.push(health), first);
      await listen(transport, second);
      await until(() => transport.health(second).kind === "online");
      await transport.publish(frameOf(first, 1));
      await until(() => frames.length === 1);
      expect(transport.health(first)).toEqual({ kind: "online", peers: 1 });
      expect(told).toEqual([]);
      await transport.close();
      expect([transport.health(first), told]).toEqual([{ kind: "closed" }, [{ kind: "closed" }]]);
    },
  },
  {
    name: "keeps version 0 apart from version 1",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const frames = await listen(transport, topic);
      await transport.publish({ ...frameOf(topic, 1), version: 0 });
      await transport.publish({ ...frameOf(topic, 2), version: 1 });
      await until(() => frames.length === 2);
      expect(frames.map((frame) => frame.version)).toEqual([0, 1]);
    },
  },
  {
    name: "keeps the order of publishes that follow each other",
    async run(bench) {
      const [alice, bob] = [await bench.openOnline(), await bench.openOnline()];
      const topic = freshTopic();
      const frames = await listen(bob, topic);
      for (let number = 0; number < 50; number += 1) {
        await alice.publish(frameOf(topic, number));
      }
      await until(() => frames.length === 50);
      expect(frames.map(numberOf)).toEqual(range(50));
    },
  },
  {
    name: "separates topics, and stops when unsubscribed",
    async run(bench) {
      const transport = await bench.openOnline();
      const [first, second] = [freshTopic(), freshTopic()];
      const ofFirst: InboundFrame[] = [];
      const unsubscribe = transport.subscribe(first, (frame) => ofFirst.push(frame));
      const again = await listen(transport, first);
      const ofSecond = await listen(transport, second);
      await transport.publish(frameOf(first, 1));
      await transport.publish(frameOf(second, 2));
      await until(() => ofFirst.length === 1 && again.length === 1 && ofSecond.length === 1);
      unsubscribe();
      unsubscribe();
      await transport.publish(frameOf(first, 3));
      await until(() => again.length === 2);
      expect(ofFirst.map(numberOf)).toEqual([1]);
      expect(ofSecond.map(numberOf)).toEqual([2]);
    },
  },
  {
    name: "stores what is not ephemeral, under the hash of the receipt",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const live = await listen(transport, topic);
      const passing = await transport.publish({ ...frameOf(topic, 1), ephemeral: true });
      const kept = await transport.publish(frameOf(topic, 2));
      await until(() => live.length === 2);
      expect(live.map((frame) => frame.ephemeral)).toEqual([true, false]);
      const stored = await history(transport, byTime(topic));
      expect(stored.map(numberOf)).toEqual([2]);
      expect(stored[0]?.hash).toEqual(kept.hash);
      const byHash = await history(transport, { contentTopic: topic, by: "hash", hashes: [passing.hash, kept.hash] });
      expect(byHash.map(plain)).toEqual(stored.map(plain));
    },
  },
  {
    name: "refuses what is above 150 KiB at once, and takes what is just below",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const frames = await listen(transport, topic);
      const huge = { ...frameOf(topic, 1), payload: new Uint8Array(150 * 1024 + 1) };
      await expectFailure(transport.publish(huge), "too-large", false);
      const large = { ...frameOf(topic, 2), payload: new Uint8Array(149 * 1024).fill(7) };
      await transport.publish(large);
      await until(() => frames.length === 1);
      expect(frames[0]?.payload).toEqual(large.payload);
    },
  },
  {
    name: "gets a burst of 200 publishes through, each exactly once",
    async run(bench) {
      const [alice, bob] = [await bench.openOnline(), await bench.openOnline()];
      const topic = freshTopic();
      const frames = await listen(bob, topic);
      const receipts = await Promise.all(range(200).map((number) => alice.publish(frameOf(topic, number))));
      await until(() => frames.length >= 200);
      expect(frames.map(numberOf).sort((left, right) => left - right)).toEqual(range(200));
      expect(new Set(receipts.map((receipt) => receipt.hash.join())).size).toBe(200);
    },
  },
  {
    name: "fails truthfully and soon while the network is gone",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      await listen(transport, topic);
      await bench.harness.stopNetwork();
      await until(() => transport.health().kind === "offline");
      const startedAt = Date.now();
      await expectFailure(transport.publish(frameOf(topic, 1)), "offline", true);
      await expectFailure(history(transport, byTime(topic)), "offline", true);
      // Far below the ten seconds for which something that may still come is waited for.
      expect(Date.now() - startedAt).toBeLessThan(4_000);
      await bench.harness.startNetwork();
    },
  },
  {
    name: "settles every publish that is under way when the network goes",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const pending = range(100).map((number) => transport.publish(frameOf(topic, number)));
      const settled = Promise.allSettled(pending);
      await bench.harness.stopNetwork();
      for (const result of await settled) {
        if (result.status === "rejected") {
          expect(result.reason).toBeInstanceOf(TransportError);
        }
      }
      await bench.harness.startNetwork();
    },
  },
  {
    name: "reconnects in seconds and receives at once when online, without the caller doing anything",
    async run(bench) {
      const [alice, bob] = [await bench.openOnline(), await bench.openOnline()];
      const topic = freshTopic();
      const frames = await listen(bob, topic);
      await bench.harness.stopNetwork();
      await until(() => alice.health().kind === "offline" && bob.health().kind === "offline");
      await bench.harness.startNetwork();
      const backAt = Date.now();
      await Promise.all([alice, bob].map((transport) => untilOnline(transport)));
      expect(Date.now() - backAt).toBeLessThan(RECONNECT_MS);
      await alice.publish(frameOf(topic, 1));
      await until(() => frames.length === 1);
    },
  },
  {
    name: "opened while the network is gone: says offline, keeps the subscription, comes up with the network",
    async run(bench) {
      await bench.harness.stopNetwork();
      const transport = bench.open();
      const topic = freshTopic();
      const frames: InboundFrame[] = [];
      transport.subscribe(topic, (frame) => frames.push(frame));
      await until(() => transport.health().kind === "offline");
      await bench.harness.startNetwork();
      await untilOnline(transport);
      await transport.publish(frameOf(topic, 1));
      await until(() => frames.length === 1);
    },
  },
  {
    name: "pages through a long history, oldest first, from inclusive, to exclusive",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const start = Date.now() - 1_000;
      const frames = range(250).map((number) => ({ ...frameOf(topic, number), timestamp: start + number }));
      await Promise.all(frames.map((frame) => transport.publish(frame)));
      const pages: HistoryPage[] = [];
      const query: HistoryQuery = { contentTopic: topic, by: "time", from: start + 10, to: start + 240 };
      for await (const page of transport.queryHistory(query)) {
        pages.push(page);
      }
      const numbers = pages.flatMap((page) => page.frames.map(numberOf));
      expect(numbers).toEqual(range(250).slice(10, 240));
      expect(pages.length).toBeGreaterThan(2);
    },
  },
  {
    name: "reads a long history from its end: newest page first, each in itself oldest first, as far as is wanted",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const start = Date.now() - 1_000;
      const frames = range(250).map((number) => ({ ...frameOf(topic, number), timestamp: start + number }));
      const others = range(20).map((number) => ({ ...frameOf(freshTopic(), number), timestamp: start + 300 }));
      await Promise.all([...frames, ...others].map((frame) => transport.publish(frame)));
      const query = { contentTopic: topic, by: "time", from: start + 10, to: start + 240, newestFirst: true } as const;
      const pages: number[][] = [];
      for await (const page of transport.queryHistory(query)) pages.push(page.frames.map(numberOf));
      expect(pages.length).toBeGreaterThan(2);
      expect(pages.toReversed().flat()).toEqual(range(250).slice(10, 240));
      for await (const page of transport.queryHistory(query)) {
        expect(page.frames.map(numberOf)).toEqual(pages[0]);
        break;
      }
      expect(await history(transport, { ...query, contentTopic: freshTopic() })).toEqual([]);
    },
  },
  {
    name: "finds messages by hash: many, of this topic only, unknown ones left out",
    async run(bench) {
      const transport = await bench.openOnline();
      const [topic, other] = [freshTopic(), freshTopic()];
      const receipts = await Promise.all(range(130).map((number) => transport.publish(frameOf(topic, number))));
      const foreign = await transport.publish(frameOf(other, 1));
      const hashes = [...receipts.map((receipt) => receipt.hash), foreign.hash, new Uint8Array(32)];
      const found = await history(transport, { contentTopic: topic, by: "hash", hashes });
      expect(found.map(numberOf).sort((left, right) => left - right)).toEqual(range(130));
    },
  },
  {
    name: "names those whose Stores can be asked: each by the same name at any time, and no other one is",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      await listen(transport, topic);
      const receipt = await transport.publish(frameOf(topic, 1));
      const sources = transport.historySources?.(topic) ?? [];
      for (const { name: source, isLive } of sources) {
        expect(isLive).toBe(true);
        expect((await history(transport, { ...byTime(topic), source })).map(numberOf)).toEqual([1]);
        const byHash = { contentTopic: topic, by: "hash", hashes: [receipt.hash], source } as const;
        expect((await history(transport, byHash)).map(numberOf)).toEqual([1]);
      }
      if (transport.historySources === undefined) return;
      expect(sources).toHaveLength(1);
      await expectFailure(history(transport, { ...byTime(topic), source: "nobody" }), "offline", true);
      await bench.harness.stopNetwork();
      await until(() => transport.health().kind === "offline");
      expect(transport.historySources(topic)).toEqual([]);
      await bench.harness.startNetwork();
      await untilOnline(transport);
      await until(() => transport.health(topic).kind === "online");
      expect(transport.historySources(topic)).toEqual(sources);
    },
  },
  {
    name: "an empty history is no pages and no error",
    async run(bench) {
      const transport = await bench.openOnline();
      expect(await history(transport, byTime(freshTopic()))).toEqual([]);
      expect(await history(transport, { contentTopic: freshTopic(), by: "hash", hashes: [] })).toEqual([]);
    },
  },
  {
    name: "says so when there is no Store",
    async run(bench) {
      const transport = await bench.openWithoutStore();
      await expectFailure(history(transport, byTime(freshTopic())), "no-store", true);
    },
  },
  {
    name: "close rejects what is pending, falls silent, and can be called twice",
    async run(bench) {
      const transport = await bench.openOnline();
      const topic = freshTopic();
      const frames = await listen(transport, topic);
      const pending = range(40).map((number) => transport.publish(frameOf(topic, number)));
      const settled = Promise.allSettled(pending);
      const closing = transport.close();
      expect(transport.health()).toEqual({ kind: "closed" });
      const results = await settled;
      expect(results.map((result) => result.status)).toContain("rejected");
      for (const result of results) {
        if (result.status === "rejected") {
          expect(result.reason).toMatchObject({ code: "closed", retryable: false });
        }
      }
      await Promise.all([closing, transport.close()]);
      const heard = frames.length;
      await expectFailure(transport.publish(frameOf(topic, 1)), "closed", false);
      await expectFailure(history(transport, byTime(topic)), "closed", false);
      const witness = await bench.openOnline();
      const witnessed = await listen(witness, topic);
      await witness.publish(frameOf(topic, 99));
      await until(() => witnessed.some((frame) => numberOf(frame) === 99));
      expect(frames).toHaveLength(heard);
    },
  },
];

/** Subscribes and waits until the subscription holds, which is what `online` says. */
async function listen(transport: Transport, topic: string): Promise<LiveFrame[]> {
  const frames: LiveFrame[] = [];
  transport.subscribe(topic, (frame) => frames.push(frame));
  await untilOnline(transport);
  return frames;
}

async function history(transport: Transport, query: HistoryQuery): Promise<InboundFrame[]> {
  const frames: InboundFrame[] = [];
  for await (const page of transport.queryHistory(query)) {
    frames.push(...page.frames);
  }
  return frames;
}

async function expectFailure(action: Promise<unknown>, code: string, retryable: boolean): Promise<void> {
  await expect(action).rejects.toBeInstanceOf(TransportError);
  await expect(action).rejects.toMatchObject({ code, retryable });
}

function byTime(contentTopic: string): HistoryQuery {
  return { contentTopic, by: "time", from: Date.now() - 60_000, to: Date.now() + 60_000 };
}

function frameOf(contentTopic: string, number: number): OutboundFrame {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setUint32(0, number);
  return { contentTopic, payload, version: 1, ephemeral: false, timestamp: Date.now() };
}

function numberOf(frame: InboundFrame): number {
  return new DataView(frame.payload.buffer, frame.payload.byteOffset).getUint32(0);
}

/** The fields of the port and nothing else, bytes as plain lists so that a Buffer equals a Uint8Array. */
function plain(frame: InboundFrame | undefined): unknown {
  if (frame === undefined) {
    return undefined;
  }
  const { contentTopic, version, timestamp, ephemeral } = frame;
  return { contentTopic, version, timestamp, ephemeral, payload: [...frame.payload], hash: [...frame.hash] };
}

function freshTopic(): string {
  topicCount += 1;
  return `/hearback/1/contract-${topicCount}-${Math.random().toString(36).slice(2)}/proto`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function untilOnline(transport: Transport): Promise<void> {
  return until(() => transport.health().kind === "online");
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`not reached within ${WAIT_MS} ms: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
