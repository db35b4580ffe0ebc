import { describe, expect, test } from "vitest";
import type { HistoryPage } from "../port.ts";
import { oneAhead } from "./one-ahead.ts";

const pageOf = (...sizes: number[]): HistoryPage => ({
  frames: sizes.map((size) => ({
    ...{ contentTopic: "topic", payload: new Uint8Array(size), version: 1, hash: new Uint8Array(32) },
    ...{ timestamp: 0, ephemeral: false },
  })),
});

/** A Store that answers at once, with pages or failures, and says what it was asked for and whether it was left. */
function storeOf(...answers: readonly (HistoryPage | Error)[]) {
  const seen = { asked: 0, left: false };
  async function* pages(): AsyncGenerator<HistoryPage> {
    try {
      for (const answer of answers) {
        seen.asked++;
        if (answer instanceof Error) throw answer;
        yield answer;
      }
    } finally {
      seen.left = true;
    }
  }
  return { seen, pages: oneAhead(pages()) };
}

/** All that was due is done: a turn of the event loop is behind all promises that need no I/O. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("pages of a Store", () => {
  test("are the same and in the same order", async () => {
    const all = [pageOf(1), pageOf(2, 3), pageOf(), pageOf(4)];
    const read: HistoryPage[] = [];
    for await (const page of storeOf(...all).pages) read.push(page);
    expect(read).toEqual(all);
  });

  test("are asked for while the one before is read, and only one ahead", async () => {
    const { seen, pages } = storeOf(pageOf(1), pageOf(1), pageOf(1), pageOf(1));
    expect(seen.asked, "nobody reads yet").toBe(0);
    await pages.next();
    await settled();
    expect(seen.asked).toBe(2);
    await pages.next();
    await settled();
    expect(seen.asked).toBe(3);
  });

  test("are not asked for ahead while one of more than 1 MiB is read", async () => {
    const half = 512 * 1024;
    const { seen, pages } = storeOf(pageOf(half, half + 1), pageOf(half, half), pageOf(1));
    await pages.next();
    await settled();
    expect(seen.asked).toBe(1);
    await pages.next();
    await settled();
    expect(seen.asked).toBe(3);
    expect((await pages.next()).value).toEqual(pageOf(1));
  });

  test("are not asked for any more once nobody reads them", async () => {
    const { seen, pages } = storeOf(pageOf(1), pageOf(1), pageOf(1), pageOf(1));
    for await (const _page of pages) break;
    await settled();
    expect(seen).toEqual({ asked: 2, left: true });
  });

  test("fail behind the one that was read, and not at all when that is not asked for", async () => {
    const failure = new Error("The Store is gone.");
    const read = storeOf(pageOf(1), failure);
    expect((await read.pages.next()).value).toEqual(pageOf(1));
    await settled();
    await expect(read.pages.next()).rejects.toBe(failure);
    expect(await read.pages.next()).toEqual({ done: true, value: undefined });
    const left = storeOf(pageOf(1), failure);
    for await (const _page of left.pages) break;
    await settled();
    expect(left.seen.left).toBe(true);
  });

  test("whoever stops is not kept waiting for the answer that is under way", async () => {
    async function* silent(): AsyncGenerator<HistoryPage> {
      yield pageOf(1);
      await new Promise<never>(() => {});
    }
    let read = 0;
    for await (const _page of oneAhead(silent())) if (++read === 1) break;
    expect(read).toBe(1);
  });
});
