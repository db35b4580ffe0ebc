import { describe, expect, it } from "vitest";
import { collectMessages } from "../collect-messages.ts";
import { idOf, messageOf } from "../testing/samples.ts";
import { foldMessages } from "./message-packs.ts";
import { encodeRecords } from "./pack-codec.ts";
import { createPackReader } from "./pack-reader.ts";
import type { MessagePack, MessageRow } from "./schema.ts";

function pack(records: readonly number[], gone: readonly number[] = []): MessagePack {
  const { bytes, left } = encodeRecords(records.map(messageOf));
  return { ...(records.length === 0 ? {} : { packed: bytes }), records: left, gone: gone.map(idOf) };
}

/** As the first programs wrote them. */
const oldPack = (...records: readonly number[]): MessagePack => ({ records: records.map(messageOf), gone: [] });

function readAll(packs: readonly MessagePack[], rows: readonly MessageRow[] = []) {
  const collected = collectMessages({ outbox: [], participants: [], holes: [], meta: {} });
  const reader = createPackReader(collected);
  for (const each of packs) reader.pack(each);
  reader.rows(rows);
  return { messages: [...collected.messages.values()], superseded: reader.worthRewriting([...packs.keys()]) };
}

describe("what is read one by one", () => {
  it("is what counts of all packs and rows, in the same order", () => {
    const buffered = { ...messageOf(2), status: "buffered" as const };
    const cases: readonly (readonly [readonly MessagePack[], readonly MessageRow[]])[] = [
      [[pack([1, 2])], [buffered]],
      [[{ records: [buffered], gone: [] }, pack([2])], []],
      [[pack([1, 2, 3]), pack([], [2]), pack([4, 2])], [{ id: idOf(3), gone: true }]],
      [
        [pack([1]), pack([], [1]), pack([1])],
        [{ id: idOf(9), gone: true }, messageOf(5)],
      ],
    ];
    for (const [packs, rows] of cases) expect(readAll(packs, rows).messages).toEqual(foldMessages(packs, rows));
  });
});

describe("what a pack is rid of", () => {
  const superseded = (...packs: MessagePack[]) => readAll(packs).superseded;

  it("is nothing as long as half of it counts, and then all that does not", () => {
    expect(superseded(pack([1, 2]), pack([1]))).toEqual([]);
    expect(superseded(pack([1, 2, 3]), pack([1, 2]))).toEqual([[0, new Set([idOf(1), idOf(2)])]]);
  });

  it("is a deletion that has nothing left to delete, and none that has", () => {
    expect(superseded(pack([], [1]))).toEqual([[0, new Set([idOf(1)])]]);
    expect(superseded(pack([1, 2, 3]), pack([], [1]))).toEqual([]);
    // The first pack still has it, so that a deletion still counts, also one that comes once more.
    expect(superseded(pack([1, 2, 3]), pack([], [1]), pack([], [1]))).toEqual([]);
  });

  it("is found in the pack in which it lies, past packs that hold no messages", () => {
    const packs = [pack([1, 2, 3]), pack([], [2]), pack([4]), pack([5, 6]), pack([4, 1])];
    expect(superseded(...packs)).toEqual([
      [0, new Set([idOf(2), idOf(1)])],
      [2, new Set([idOf(4)])],
    ]);
  });

  it("of an older form is nothing but what is superseded, and only some are written anew at once", () => {
    expect(superseded(oldPack(1, 2), pack([3]), oldPack(4, 1))).toEqual([
      [0, new Set([idOf(1)])],
      [2, new Set()],
    ]);
    const many = Array.from({ length: 150 }, (_, n) => oldPack(n));
    expect(superseded(...many).map(([key]) => key)).toEqual([...Array(100).keys()]);
  });
});
