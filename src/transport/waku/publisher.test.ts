import type { Connection, PeerId } from "@libp2p/interface";
import { proto_lightpush as proto } from "@waku/proto";
import { describe, expect, test } from "vitest";
import { type OutboundFrame, TransportError, type TransportErrorCode } from "../port.ts";
import { pushToNetwork } from "./publisher.ts";
import { createStoreOrder } from "./store-order.ts";
import { pubsubTopicOf, toWakuMessage, wakuMessageHash } from "./wire/wire.ts";

const rule = { clusterId: 42, shards: 8 };
const contentTopic = "/hearback/1/a/proto";
const frame: OutboundFrame = {
  contentTopic,
  payload: Uint8Array.of(1),
  version: 1,
  ephemeral: false,
  timestamp: 1_000,
};
const pubsubTopic = pubsubTopicOf(contentTopic, rule);
const hash = wakuMessageHash(toWakuMessage(frame), pubsubTopic);

/** One publish under way to service nodes of these names, of which `serving` serve the shard. */
function bench(
  serving: readonly string[],
  others: readonly string[] = [],
  order = createStoreOrder(),
  said: string[] = [],
) {
  const asked: { readonly name: string; readonly request: Uint8Array }[] = [];
  const ends = new Map<string, { resolve(answer: Uint8Array): void; reject(error: Error): void }>();
  const connections = [...others, ...serving].map((id) => ({ id, remotePeer: id as unknown as PeerId }) as Connection);
  const topics: string[] = [];
  const lightpush = {
    serving: async (open: readonly Connection[], topic: string) => {
      topics.push(topic);
      return open.filter(({ id }) => serving.includes(id));
    },
    ask: ({ id }: Connection, request: Uint8Array) => {
      asked.push({ name: id, request });
      return new Promise<Uint8Array>((resolve, reject) => ends.set(id, { resolve, reject }));
    },
  };
  const troubles = {
    refused: (peer: PeerId, _service: string, words: string) => void said.push(`${peer} ${words}`),
    fulfilled: (peer: PeerId) => void said.push(`${peer} takes it`),
  };
  const published = pushToNetwork(frame, { node: { lightpush }, connections, rule, requestId: "r", order, troubles });
  published.catch(() => undefined);
  const begun = async () => {
    while (ends.size < Math.min(2, serving.length)) await null;
  };
  return {
    published,
    asked,
    topics,
    begun,
    answer: (name: string, statusCode: number) =>
      ends.get(name)?.resolve(proto.LightPushResponseV3.encode({ requestId: "r", statusCode, statusDesc: "words" })),
    say: (name: string, answer: Uint8Array) => ends.get(name)?.resolve(answer),
    fail: (name: string, code: TransportErrorCode) => ends.get(name)?.reject(new TransportError(code, "it failed")),
  };
}

function outcomeOf(published: Promise<unknown>): Promise<string> {
  return published.then(
    () => "published",
    ({ code, message }: { readonly code?: string; readonly message: string }) => `${code}: ${message}`,
  );
}

describe("a publish", () => {
  test("is done as soon as one service node took it, and tells the hash under which a Store has it", async () => {
    const { published, begun, answer, asked, topics } = bench(["a", "b"]);
    await begun();
    answer("a", 429);
    answer("b", 200);
    expect(await published).toEqual({ hash });
    expect(topics).toEqual([pubsubTopic]);
    expect(asked.map(({ request }) => proto.LightPushRequestV3.decode(request))).toEqual(
      ["a", "b"].map(() => expect.objectContaining({ requestId: "r", pubsubTopic })),
    );
    expect(proto.LightPushRequestV3.decode(asked[0]?.request ?? new Uint8Array()).message).toMatchObject({
      ...{ contentTopic, payload: frame.payload, version: 1, ephemeral: false, timestamp: 1_000_000_000n },
    });
  });

  test("goes to the first two that serve its shard", async () => {
    const { published, begun, answer, asked } = bench(["a", "b", "c"], ["no lightpush"]);
    await begun();
    answer("b", 200);
    await published;
    expect(asked.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("that the first two do not take goes to the others, one after the other, who are the first the next time", async () => {
    const order = createStoreOrder();
    const { published, begun, answer, fail, asked } = bench(["a", "b", "c", "d", "e"], [], order);
    const names = () => asked.map(({ name }) => name);
    const hasAsked = async (count: number) => {
      while (asked.length < count) await null;
    };
    await begun();
    answer("a", 413);
    fail("b", "timeout");
    await hasAsked(3);
    answer("c", 429);
    await hasAsked(4);
    answer("d", 200);
    expect(await published).toEqual({ hash });
    expect(names()).toEqual(["a", "b", "c", "d"]);
    const next = bench(["a", "b", "c", "d", "e"], [], order);
    await next.begun();
    expect(next.asked.map(({ name }) => name)).toEqual(["d", "e"]);
    next.answer("d", 200);
    await next.published;
  });

  test("puts who took one in its place again, and says of each what it refused; a broken connection is told of elsewhere", async () => {
    const order = createStoreOrder();
    const said: string[] = [];
    const first = bench(["a"], [], order, said);
    await first.begun();
    first.answer("a", 413);
    await outcomeOf(first.published);
    const second = bench(["a"], [], order, said);
    await second.begun();
    second.answer("a", 200);
    await second.published;
    const third = bench(["a", "b"], [], order, said);
    await third.begun();
    expect(third.asked.map(({ name }) => name)).toEqual(["a", "b"]);
    third.fail("a", "offline");
    third.answer("b", 200);
    await third.published;
    expect(said).toEqual([expect.stringMatching(/^a .*413 words/), "a takes it", "b takes it"]);
  });

  test("fails where nobody serves its shard", async () => {
    const { published, asked } = bench([], ["no lightpush"]);
    expect(await outcomeOf(published)).toMatch(/^rejected: .*no lightpush v3/);
    expect(asked).toEqual([]);
  });

  test("that nobody took fails when the last one said so, for the reason that says most about the message", async () => {
    const { published, begun, answer, fail } = bench(["a", "b"]);
    await begun();
    fail("a", "offline");
    let ended = false;
    void outcomeOf(published).then(() => {
      ended = true;
    });
    for (let turn = 0; turn < 50; turn++) await null;
    expect(ended).toBe(false);
    answer("b", 413);
    expect(await outcomeOf(published)).toMatch(/^rejected: .*too large, though the network takes it: 413 words/);
  });

  test.each([
    [429, /^rejected: the service node refused the message: 429 words/],
    [500, /^rejected: .*500 words/],
    [201, /^rejected: .*201 words/],
    [413, /^rejected: .*too large, though the network takes it: 413 words/],
  ])("that is answered with %s fails", async (status, words) => {
    const { published, begun, answer } = bench(["a"]);
    await begun();
    answer("a", status);
    expect(await outcomeOf(published)).toMatch(words);
  });

  test.each(["offline", "timeout"] as const)("keeps the reason of one that is %s", async (code) => {
    const { published, begun, fail } = bench(["a"]);
    await begun();
    fail("a", code);
    expect(await outcomeOf(published)).toBe(`${code}: it failed`);
  });

  test("whose answer cannot be read fails", async () => {
    const { published, begun, say } = bench(["a"]);
    await begun();
    say("a", Uint8Array.of(0xff, 0xff));
    expect(await outcomeOf(published)).toMatch(/^rejected: .*makes no sense/);
  });
});
