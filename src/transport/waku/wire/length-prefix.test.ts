import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, FramingError, firstFrame, readFrames } from "./length-prefix.ts";

async function* split(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (let turn = 0; offset < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

async function readAll(bytes: Uint8Array, sizes: readonly number[], maxBytes: number): Promise<Uint8Array[]> {
  const bodies: Uint8Array[] = [];
  for await (const body of readFrames(split(bytes, sizes), maxBytes)) {
    bodies.push(body);
  }
  return bodies;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("frames", () => {
  test("bodies come back whole, however the stream cuts them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
        async (bodies, sizes) => {
          const stream = concat(bodies.map(encodeFrame));
          expect((await readAll(stream, sizes, 1024)).map((body) => [...body])).toEqual(
            bodies.map((body) => [...body]),
          );
        },
      ),
    );
  });

  test("a length is unsigned LEB128", () => {
    expect([...encodeFrame(new Uint8Array(300)).subarray(0, 3)]).toEqual([0xac, 0x02, 0x00]);
    expect([...encodeFrame(Uint8Array.of(9))]).toEqual([1, 9]);
  });

  test("a length above the limit is refused before its bytes are there", async () => {
    const prefix = encodeFrame(new Uint8Array(5000)).subarray(0, 2);
    await expect(readAll(prefix, [1], 4999)).rejects.toBeInstanceOf(FramingError);
  });

  test("a frame of just the limit is read, one byte more is refused; so is an empty one read", async () => {
    const frame = encodeFrame(new Uint8Array(300).fill(7));
    expect(await readAll(frame, [17], 300)).toEqual([new Uint8Array(300).fill(7)]);
    await expect(readAll(frame, [17], 299)).rejects.toBeInstanceOf(FramingError);
    expect(await readAll(encodeFrame(new Uint8Array()), [1], 0)).toEqual([new Uint8Array()]);
  });

  test("the first frame is there once all of it is, and is a copy of its own", () => {
    const frame = encodeFrame(Uint8Array.of(1, 2, 3));
    expect(firstFrame([])).toBeUndefined();
    expect(firstFrame([frame.subarray(0, 2), frame.subarray(2, 3)])).toBeUndefined();
    const body = firstFrame([frame.subarray(0, 2), frame.subarray(2), Uint8Array.of(9, 9)]);
    frame.fill(0);
    expect(body).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("a length that never ends is refused", async () => {
    await expect(readAll(new Uint8Array(6).fill(0xff), [1], 1e12)).rejects.toThrow("five bytes");
  });

  test("a frame that is cut off is refused", async () => {
    const frame = encodeFrame(new Uint8Array(10));
    await expect(readAll(frame.subarray(0, 9), [3], 100)).rejects.toThrow("inside a frame");
  });
});
