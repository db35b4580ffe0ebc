import { expect, test } from "vitest";
import { contentTopicOf } from "./content-topic.ts";

//= protocol: LAYER-5
test("equals a value computed by another implementation (Python hmac)", () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect(contentTopicOf(key)).toBe("/hearback/1/b562beb66f2a7f7f/proto");
});

test("another key, another topic", () => {
  expect(contentTopicOf(new Uint8Array(32))).not.toBe(contentTopicOf(new Uint8Array(32).fill(1)));
});
