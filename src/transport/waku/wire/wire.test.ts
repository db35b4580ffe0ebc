import { expect, test } from "vitest";
import { toWakuMessage } from "./wire.ts";

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
