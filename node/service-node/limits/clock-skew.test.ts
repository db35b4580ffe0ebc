import { expect, test } from "vitest";
import { clockSkewMs, describeSkew } from "./clock-skew.ts";

test("a sender's clock is ahead or behind; without a time it is neither", () => {
  const message = { payload: new Uint8Array(), contentTopic: "/a/1/x/proto" };
  expect(clockSkewMs({ ...message, timestamp: 5_000_000_000n }, 3_000)).toBe(2_000);
  expect(clockSkewMs({ ...message, timestamp: 1_000_000_000n }, 3_000)).toBe(-2_000);
  expect(clockSkewMs(message, 3_000)).toBe(0);
  expect([describeSkew(90_400), describeSkew(-90_500)]).toEqual(["90 s ahead of", "91 s behind"]);
});
