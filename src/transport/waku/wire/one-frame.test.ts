import { expect, test } from "vitest";
import { encodeFrame } from "./length-prefix.ts";
import { createOneFrame } from "./one-frame.ts";

const chunksOf = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

test.each([0, 1, 127, 128, 300, 20_000])(
  "a frame of %i bytes has room, however it is cut; a byte behind it has none",
  (length) => {
    const frame = encodeFrame(new Uint8Array(length).fill(0xff));
    for (const size of [1, 2, 3, 7, 100_000]) {
      const one = createOneFrame(64 * 1024);
      for (const chunk of chunksOf(frame, size)) expect(one.hasRoomFor(chunk)).toBe(true);
      expect(one.hasRoomFor(new Uint8Array(0))).toBe(true);
      expect(one.hasRoomFor(Uint8Array.of(0))).toBe(false);
    }
  },
);

test("one that is longer than may be has room up to there: who reads it sees by its length that it is", () => {
  const one = createOneFrame(100);
  const frame = encodeFrame(new Uint8Array(1_000));
  expect(one.hasRoomFor(frame.subarray(0, 100))).toBe(true);
  expect(one.hasRoomFor(frame.subarray(100, 101))).toBe(false);
});

test("a length without end is bounded too", () => {
  const one = createOneFrame(100);
  expect(one.hasRoomFor(new Uint8Array(100).fill(0x80))).toBe(true);
  expect(one.hasRoomFor(Uint8Array.of(0x80))).toBe(false);
});
