import { describe, expect, it } from "vitest";
import { idOf, messageOf } from "../testing/samples.ts";
import { foldMessages } from "./message-packs.ts";
import type { MessagePack } from "./schema.ts";

const pack = (records: readonly number[], gone: readonly number[] = []): MessagePack => ({
  records: records.map(messageOf),
  gone: gone.map(idOf),
});
const folded = (...args: Parameters<typeof foldMessages>) => foldMessages(...args).map(({ authorSeq }) => authorSeq);

describe("what counts of packs and rows", () => {
  it("is the newest word on each message: rows after packs, later packs after earlier ones", () => {
    const buffered = { ...messageOf(2), status: "buffered" as const };
    expect(foldMessages([pack([1, 2])], [buffered])).toEqual([messageOf(1), buffered]);
    expect(foldMessages([{ records: [buffered], gone: [] }, pack([2])], [])).toEqual([messageOf(2)]);
    expect(folded([pack([1, 2, 3], []), pack([], [2])], [{ id: idOf(3), gone: true }])).toEqual([1]);
    expect(folded([pack([1]), pack([], [1]), pack([1])], [])).toEqual([1]);
  });
});
