import type { PeerId } from "@libp2p/interface";
import type { IDecodedMessage, QueryRequestParams } from "@waku/interfaces";
import { describe, expect, test } from "vitest";
import { type HistoryPage, type HistoryQuery, TransportError } from "../port.ts";
import { readHistoryOfAny } from "./history.ts";
import type { LightNode } from "./node/light-node.ts";
import { createStoreOrder, type StoreOrder } from "./store-order.ts";
import { STORE_QUERY_CODEC } from "./wire/codecs.ts";

const TOPIC = "/hearback/1/a/proto";
const PUBSUB = "/waku/2/rs/1/0";
const EVER: HistoryQuery = { by: "time", contentTopic: TOPIC, from: 0, to: 1_000_000 };
const ALL: HistoryQuery = { by: "time", contentTopic: TOPIC, from: 0, to: 1_000 };
/** When the reads begin, if a test does not say otherwise: all that is in the Stores was said before. */
const NOW = 500;

/** One page of a Store: times of its messages. Or how the query fails. */
type Step = readonly number[] | Error;
interface Peer {
  readonly name: string;
  /** Absent: it serves no Store. */
  readonly pages?: readonly Step[];
}

/** A node as the SDK gives it, whose Stores answer what the test says. */
function bench(peers: readonly Peer[]) {
  const asked: (readonly [string, QueryRequestParams])[] = [];
  const left = new Map(peers.map(({ name, pages = [] }) => [name, [...pages]]));
  const node = {
    libp2p: {
      peerStore: {
        get: async (id: unknown) => ({
          protocols: peers.some(({ name, pages }) => name === id && pages !== undefined) ? [STORE_QUERY_CODEC] : [],
        }),
      },
    },
    store: {
      async *queryGenerator(_decoders: unknown, params: QueryRequestParams) {
        const name = String(params.peerId);
        asked.push([name, params]);
        const pages = left.get(name) ?? [];
        for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
          if (page instanceof Error) throw page;
          yield page.map(async (at) => decoded(at));
        }
      },
    },
  } as unknown as LightNode;
  return { node, asked, left, ids: peers.map(({ name }) => name as unknown as PeerId) };
}

function decoded(at: number): IDecodedMessage | undefined {
  if (at < 0) return undefined;
  const message = { contentTopic: TOPIC, payload: Uint8Array.of(1), version: 0, timestamp: new Date(at) };
  return { ...message, hash: hashAt(at), ephemeral: false } as unknown as IDecodedMessage;
}

async function readAll({ node, ids }: ReturnType<typeof bench>, query = ALL, now = NOW, order?: StoreOrder) {
  const pages: (number | undefined)[][] = [];
  let failure: TransportError | null = null;
  try {
    for await (const page of readHistoryOfAny(query, {
      node,
      peers: ids,
      pubsubTopic: PUBSUB,
      now,
      ...(order === undefined ? {} : { order }),
    }))
      pages.push(timesOf(page));
  } catch (error) {
    failure = error as TransportError;
  }
  return { pages, code: failure?.code ?? null };
}

const byHash = (...times: readonly number[]): HistoryQuery => ({
  ...{ by: "hash", contentTopic: TOPIC },
  hashes: times.map((at) => hashAt(at)),
});
const hashAt = (at: number) => Uint8Array.of(at & 255, at >> 8, at >> 16);

const timesOf = ({ frames }: HistoryPage) => frames.map(({ timestamp }) => timestamp);
const failing = (name: string, message = "") => Object.assign(new Error(message), { name });

describe("a history", () => {
  test("is that of the first service node that has any answer", async () => {
    const made = bench([
      { name: "none" },
      { name: "broken", pages: [failing("StreamResetError")] },
      { name: "good", pages: [[1, 2], [3]] },
      { name: "unasked", pages: [[9]] },
    ]);
    expect(await readAll(made)).toEqual({ pages: [[1, 2], [3]], code: null });
    expect(made.asked.map(([name]) => name)).toEqual(["broken", "good"]);
  });

  test("is not gone on with from another one: that would repeat or skip messages", async () => {
    const made = bench([
      { name: "half", pages: [[1, 2], failing("StreamResetError")] },
      { name: "other", pages: [[1], [2], [3]] },
    ]);
    expect(await readAll(made)).toEqual({ pages: [[1, 2]], code: "offline" });
    expect(made.asked.map(([name]) => name)).toEqual(["half"]);
  });

  test("that breaks off is read from another one the next time, until the first gave one to its end", async () => {
    const broken = failing("StreamResetError");
    const made = bench([
      { name: "half", pages: [[1, 2], broken, [3]] },
      { name: "other", pages: [[1], broken] },
      { name: "third", pages: [broken] },
    ]);
    const order = createStoreOrder();
    const ids = () => [...order.of(made.ids)].map(String);
    expect(await readAll(made, ALL, NOW, order)).toEqual({ pages: [[1, 2]], code: "offline" });
    expect(ids()).toEqual(["other", "third", "half"]);
    expect(await readAll(made, ALL, NOW, order)).toEqual({ pages: [[1]], code: "offline" });
    expect(await readAll(made, ALL, NOW, order)).toEqual({ pages: [[3]], code: null });
    expect(made.asked.map(([name]) => name)).toEqual(["half", "other", "third", "half"]);
    expect(ids()).toEqual(["half", "third", "other"]);
  });

  test("whose page is not answered in time says so, and another service node is asked if none came before", async () => {
    const late = new TransportError("timeout", "no answer");
    expect((await readAll(bench([{ name: "a", pages: [late] }]))).code).toBe("timeout");
    const other = bench([
      { name: "a", pages: [late] },
      { name: "b", pages: [[1]] },
    ]);
    const order = createStoreOrder();
    expect(await readAll(other, ALL, NOW, order)).toEqual({ pages: [[1]], code: null });
    expect([...order.of(other.ids)].map(String)).toEqual(["b", "a"]);
    expect(await readAll(bench([{ name: "a", pages: [[1], late] }]))).toEqual({ pages: [[1]], code: "timeout" });
  });

  test("that nobody has says why: no Store, refused, broken, senseless", async () => {
    expect((await readAll(bench([]))).code).toBe("no-store");
    expect((await readAll(bench([{ name: "none" }]))).code).toBe("no-store");
    const codes = [
      failing("Error", "Store query failed with status code: 429, description: too many"),
      failing("UnsupportedProtocolError"),
      failing("ConnectionClosedError"),
      failing("TypeError", "cannot read"),
    ].map(async (error) => (await readAll(bench([{ name: "a", pages: [error] }]))).code);
    expect(await Promise.all(codes)).toEqual(["no-store", "no-store", "offline", "rejected"]);
  });

  test("holds what is in the range, from its start on, up to and without its end, and asks no further", async () => {
    const query: HistoryQuery = { by: "time", contentTopic: TOPIC, from: 10, to: 20 };
    const made = bench([{ name: "a", pages: [[9], [10, 19], [19, 20], [12]] }]);
    expect(await readAll(made, query)).toEqual({ pages: [[10, 19], [19]], code: null });
    expect(made.asked[0]?.[1].timeStart).toEqual(new Date(9));
    const empty = bench([{ name: "a", pages: [[10]] }]);
    expect(await readAll(empty, { ...query, to: 10 })).toEqual({ pages: [], code: null });
    expect(empty.asked).toEqual([]);
  });

  test("ends at what was said since the read began: that is pushed, and would follow page after page", async () => {
    const read = async (pages: Step[], now: number) => (await readAll(bench([{ name: "a", pages }]), ALL, now)).pages;
    expect(await read([[1, 2], [10], [11], [12]], 10)).toEqual([[1, 2], [10]]);
    // Some of the page was said before: more of that may follow.
    expect(await read([[1, 2, 3], [9, 10], [11]], 10)).toEqual([[1, 2, 3], [9, 10], [11]]);
    // By a clock that is behind all was said later. Full pages are not the last, and the first one may be full.
    expect(await read([[11, 12], [13, 14], [15], [16]], 10)).toEqual([[11, 12], [13, 14], [15]]);
    expect(await read([[11], [12], [13]], 10)).toEqual([[11], [12], [13]]);
  });

  test("in longer pages than were asked for is refused", async () => {
    const page = (length: number) => Array.from({ length }, (_, at) => at);
    expect((await readAll(bench([{ name: "a", pages: [page(100)] }]))).code).toBeNull();
    expect(await readAll(bench([{ name: "a", pages: [page(101)] }]))).toEqual({ pages: [], code: "rejected" });
  });

  //= protocol: STORE-8
  test("that cannot be is no history: a page again, of nothing, or of older times; the next one is asked first then", async () => {
    const order = createStoreOrder();
    for (const pages of [
      [[1, 2], [3, 4], [3, 4], [5]],
      [[1, 2], [-1, -1], [5]],
      [[100_000], [60_000], [59_000]],
      [[1], [70_000, 29_000]],
    ]) {
      const made = bench([
        { name: "a", pages },
        { name: "b", pages: [[7]] },
      ]);
      expect([pages, (await readAll(made, EVER, NOW, order)).code]).toEqual([pages, "rejected"]);
      expect([...order.of(made.ids)].map(String)).toEqual(["b", "a"]);
      expect((await readAll(made, EVER, NOW, order)).pages).toEqual([[7]]);
      order.gaveAll(made.ids[0] as PeerId);
    }
    // Some Stores sort by when a message came, and clocks differ.
    const [unsorted] = [bench([{ name: "a", pages: [[100_000], [60_001, 90_000], [130_000]] }])];
    expect((await readAll(unsorted, EVER)).code).toBeNull();
  });

  //= protocol: STORE-8
  test("outside the span is passed over five times, not more", async () => {
    const query: HistoryQuery = { ...ALL, from: 1_000, to: 2_000 };
    const tooOld = (count: number) => Array.from({ length: count }, (_, page) => [page + 1]);
    const read = (pages: number[][]) => readAll(bench([{ name: "a", pages }]), query);
    expect(await read([...tooOld(5), [1_500]])).toEqual({ pages: [[1_500]], code: null });
    expect(await read([...tooOld(6), [1_500]])).toEqual({ pages: [], code: "rejected" });
    // In a row.
    expect(await read([...tooOld(3), [1_500], ...tooOld(6).slice(3), [1_600]])).toEqual({
      pages: [[1_500], [1_600]],
      code: null,
    });
  });

  test("from its end is that of older and older times", async () => {
    const query: HistoryQuery = { ...EVER, newestFirst: true };
    const read = (pages: number[][]) => readAll(bench([{ name: "a", pages }]), query);
    expect(await read([[200_000, 210_000], [100_000], [50_000]])).toEqual({
      pages: [[200_000, 210_000], [100_000], [50_000]],
      code: null,
    });
    expect(await read([[100_000], [150_000]])).toEqual({ pages: [[100_000]], code: "rejected" });
  });

  test("that nobody but one serves is said to be senseless, until it is not", async () => {
    const told: string[] = [];
    const troubles = {
      senseless: (peer: unknown, service: string) => told.push(`${peer} ${service} senseless`),
      fulfilled: (peer: unknown, service: string) => told.push(`${peer} ${service} fulfilled`),
    };
    for (const pages of [[[3], [3]], [[1]], [failing("StreamResetError")]]) {
      const { node, ids } = bench([{ name: "a", pages }]);
      const read = readHistoryOfAny(EVER, { node, peers: ids, pubsubTopic: PUBSUB, now: NOW, troubles });
      try {
        for await (const _page of read);
      } catch {
        // Looked at elsewhere.
      }
    }
    expect(told).toEqual(["a store senseless", "a store fulfilled"]);
  });

  test("is asked for in shorter pages once one is too long, from where it was; not twice", async () => {
    const tooLong = failing("InvalidDataLengthError");
    const made = bench([{ name: "a", pages: [[1, 2], tooLong, [3], [4]] }]);
    expect(await readAll(made)).toEqual({ pages: [[1, 2], [3], [4]], code: null });
    expect(made.asked.map(([, { paginationLimit, paginationCursor }]) => [paginationLimit, paginationCursor])).toEqual([
      [100, undefined],
      [20, hashAt(2)],
    ]);
    expect((await readAll(bench([{ name: "a", pages: [tooLong, tooLong, [1]] }]))).code).toBe("rejected");
    const page = (length: number) => Array.from({ length }, (_, at) => at);
    expect((await readAll(bench([{ name: "a", pages: [tooLong, page(20)] }]))).code).toBeNull();
    expect((await readAll(bench([{ name: "a", pages: [tooLong, page(21)] }]))).code).toBe("rejected");
  });

  test("of a span of time is asked for a page ahead, by hash it is not", async () => {
    const leftBehindTheFirst = async (query: HistoryQuery): Promise<number> => {
      const { node, ids, left } = bench([{ name: "a", pages: [[1], [2], [3], [4]] }]);
      await readHistoryOfAny(query, { node, peers: ids, pubsubTopic: PUBSUB, now: NOW }).next();
      await new Promise<void>((resolve) => setImmediate(resolve));
      return left.get("a")?.length ?? 0;
    };
    expect(await leftBehindTheFirst(ALL)).toBe(2);
    expect(await leftBehindTheFirst({ by: "hash", contentTopic: TOPIC, hashes: [Uint8Array.of(1)] })).toBe(3);
  });

  test("by hash asks for a hundred at a time, and leaves out what is of other topics, and what was not asked for", async () => {
    const made = bench([{ name: "a", pages: [[1, -1, 2, 300]] }]);
    const { pages } = await readAll(made, byHash(...Array.from({ length: 201 }, (_, index) => index)));
    expect(pages).toEqual([[1, 2]]);
    expect(made.asked.map(([, { messageHashes }]) => messageHashes?.length)).toEqual([100, 100, 1]);
  });

  //= protocol: STORE-7
  test("by hash is asked of the next one as far as the first does not have it, or fails; nobody is asked for nothing", async () => {
    const made = bench([
      { name: "none" },
      { name: "a", pages: [[1]] },
      { name: "broken", pages: [failing("StreamResetError")] },
      { name: "b", pages: [[2], [3]] },
      { name: "unasked", pages: [[9]] },
    ]);
    expect(await readAll(made, byHash(1, 2, 3))).toEqual({ pages: [[1], [2], [3]], code: null });
    expect(made.asked.map(([name, { messageHashes }]) => [name, messageHashes?.length])).toEqual([
      ["a", 3],
      ["broken", 2],
      ["b", 2],
    ]);
  });

  test("by hash that nobody has is none, and fails only when nobody answers", async () => {
    const nobody = [
      { name: "a", pages: [] },
      { name: "b", pages: [failing("StreamResetError")] },
    ];
    expect(await readAll(bench(nobody), byHash(1))).toEqual({ pages: [], code: null });
    expect(await readAll(bench(nobody.slice(1)), byHash(1))).toEqual({ pages: [], code: "offline" });
    expect(await readAll(bench([{ name: "none" }]), byHash(1))).toEqual({ pages: [], code: "no-store" });
    expect(await readAll(bench([{ name: "a", pages: [] }]), byHash())).toEqual({ pages: [], code: null });
  });

  test("by hash ends with a page of other messages, or one that was given before", async () => {
    const made = bench([
      { name: "a", pages: [[300], [1]] },
      { name: "b", pages: [[1], [1], [2]] },
    ]);
    expect(await readAll(made, byHash(1, 2))).toEqual({ pages: [[1]], code: null });
    const late = bench([
      { name: "a", pages: [new TransportError("timeout", "no answer")] },
      { name: "b", pages: [] },
    ]);
    const order = createStoreOrder();
    await readAll(late, byHash(1), NOW, order);
    expect([...order.of(late.ids)].map(String)).toEqual(["b", "a"]);
  });
});
