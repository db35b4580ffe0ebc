import type { PeerId } from "@libp2p/interface";
import { expect, test } from "vitest";
import type { InboundFrame } from "../port.ts";
import { missingOnly } from "./missing-only.ts";
import { type HashPage, NoListing } from "./node/hash-listing.ts";

const TOPIC = "/hearback/1/a/proto";
const PUBSUB = "/waku/2/rs/1/0";

const hash = (at: number) => new Uint8Array(32).fill(at);
const frame = (at: number): InboundFrame => ({
  ...{ contentTopic: TOPIC, payload: Uint8Array.of(at), version: 1, hash: hash(at), timestamp: at, ephemeral: false },
});

interface Store {
  /** What each page lists. */
  readonly lists: readonly (readonly number[])[];
  readonly held?: readonly number[];
  /** What it gives for the hashes that are asked for. Default: what was asked for. */
  readonly gives?: (asked: readonly number[]) => readonly InboundFrame[];
  /** The span of time is from 2 to this. Default: 100. */
  readonly to?: number;
  /** The cursor after a page. Default: another one each time, none after the last. */
  readonly cursor?: (page: number) => Uint8Array | undefined;
}

async function readAll({ lists, held = [], gives = (asked) => asked.map(frame), cursor, to = 100 }: Store) {
  const asked: number[][] = [];
  const cursors: (number | undefined)[] = [];
  const list = async (_peer: PeerId, query: { readonly cursor?: Uint8Array | undefined }): Promise<HashPage> => {
    const page = cursors.length;
    cursors.push(query.cursor?.[0]);
    const next = cursor === undefined ? (page + 1 < lists.length ? hash(page) : undefined) : cursor(page);
    return { hashes: (lists[page % lists.length] ?? []).map(hash), cursor: next };
  };
  const pages: (number | undefined)[][] = [];
  let readOn = 0;
  let failure: unknown;
  try {
    for await (const { frames } of missingOnly({
      ...{ peer: "peer" as unknown as PeerId, pubsubTopic: PUBSUB, list },
      query: { by: "time", contentTopic: TOPIC, from: 2, to },
      isHeld: (one) => held.includes(one[0] ?? 0),
      bodiesOf: async function* (hashes) {
        asked.push(hashes.map((one) => one[0] ?? 0));
        yield gives(asked.at(-1) ?? []);
        readOn++;
        yield [];
      },
    }))
      pages.push(frames.map(({ timestamp }) => timestamp));
  } catch (error) {
    failure = error;
  }
  return { asked, cursors, pages, failure, readOn };
}

test("only messages that are not held are asked for, page by page, and come oldest first", async () => {
  const gives = (asked: readonly number[]) => [...asked].reverse().map(frame);
  const read = await readAll({
    lists: [
      [2, 3, 4],
      [5, 6],
      [7, 8, 9],
    ],
    held: [2, 5, 6, 8],
    gives,
  });
  expect(read).toEqual({
    asked: [
      [3, 4],
      [7, 9],
    ],
    // Of the second list all is held: whoever reads can count it.
    pages: [[3, 4], [], [7, 9]],
    cursors: [undefined, 0, 1],
    // No page more is asked for once all that was missing is there.
    readOn: 0,
    failure: undefined,
  });
});

test("an empty list is no page, and one of which all is held is an empty one, for which nothing is asked", async () => {
  expect((await readAll({ lists: [[]] })).pages).toEqual([]);
  expect(await readAll({ lists: [[3, 4]], held: [3, 4] })).toMatchObject({ pages: [[]], asked: [] });
});

test("a message whose own hash was not asked for is not taken, nor one twice; what is not given ends the list", async () => {
  const liar = await readAll({ lists: [[3, 4]], gives: () => [frame(3), frame(9), frame(3)] });
  expect([liar.pages, liar.failure]).toEqual([[], expect.any(NoListing)]);
  const more = await readAll({ lists: [[3, 4]], gives: () => [frame(9), frame(4), frame(3)] });
  expect([more.pages, more.failure]).toEqual([[[3, 4]], undefined]);
});

test("a Store that gives without end is given up", async () => {
  const gives = () => Array.from({ length: 201 }, () => frame(9));
  const read = await readAll({ lists: [[3]], gives: () => [...gives(), frame(3)] });
  expect([read.pages, read.failure]).toEqual([[], expect.any(NoListing)]);
  expect((await readAll({ lists: [[3]], gives: () => [...gives().slice(2), frame(3)] })).pages).toEqual([[3]]);
});

test("what is dated outside the span is left out", async () => {
  expect((await readAll({ lists: [[1, 2, 99, 100]] })).pages).toEqual([[2, 99]]);
});

test("a list that comes round again, or goes on for ever, ends", async () => {
  const round = await readAll({ lists: [[3]], held: [3], cursor: (page) => hash(page % 2) });
  expect([round.cursors.length, round.failure]).toEqual([3, expect.any(NoListing)]);
  const cursor = (page: number) => Uint8Array.of(page & 255, page >> 8);
  const endless = await readAll({ lists: [[3]], held: [3], cursor });
  expect([endless.cursors.length, endless.failure]).toEqual([20_001, expect.any(NoListing)]);
});

test("a span without time is not asked for, and a message without a time of its own is as old as the span", async () => {
  expect(await readAll({ lists: [[2]], to: 2 })).toMatchObject({ cursors: [], pages: [], failure: undefined });
  const gives = (asked: readonly number[]) => asked.map((at) => ({ ...frame(at), timestamp: undefined }));
  const read = await readAll({ lists: [[3]], gives });
  expect([read.pages, read.failure]).toEqual([[[undefined]], undefined]);
});
