import { expect, test } from "vitest";
import { pubsubTopicOf, toWakuMessage } from "./wire.ts";

//= protocol: LAYER-6
test("the frame has version 1, the time of publication in nanoseconds, and the flag that it was given", () => {
  for (const ephemeral of [true, false]) {
    const payload = Uint8Array.of(1, 2);
    const frame = toWakuMessage({
      payload,
      contentTopic: "/a/1/b/proto",
      version: 1,
      ephemeral,
      timestamp: 1_760_000_000_123,
    });
    expect(frame).toMatchObject({ payload, version: 1, ephemeral, timestamp: 1_760_000_000_123_000_000n });
  }
});

test("the shard of a topic is that of its own rule, and the same when it is asked for again, however many there are", () => {
  const [one, eight] = [
    { clusterId: 1, shards: 1 },
    { clusterId: 42, shards: 8 },
  ];
  const topics = Array.from({ length: 600 }, (_, index) => `/app-${index}/1/topic/proto`);
  const first = topics.map((topic) => pubsubTopicOf(topic, eight));
  expect(topics.map((topic) => pubsubTopicOf(topic, { ...eight }))).toEqual(first);
  expect(topics.reverse().map((topic) => pubsubTopicOf(topic, eight))).toEqual(first.reverse());
  expect(new Set(first).size).toBe(8);
  expect(new Set(topics.map((topic) => pubsubTopicOf(topic, one)))).toEqual(new Set(["/waku/2/rs/1/0"]));
  for (let again = 0; again < 2; again++) expect(() => pubsubTopicOf("no topic", eight)).toThrow();
});
