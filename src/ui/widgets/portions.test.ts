import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextPortion as nextOf, type Portion } from "./portions.ts";

interface Row {
  readonly key: string;
  readonly text: string;
}

const rows = (...keys: string[]): Row[] => keys.map((key) => ({ key, text: key }));
const keysOf = (drawn: readonly Row[]): string[] => drawn.map(({ key }) => key);
const nextPortion = (drawn: readonly Row[], wanted: readonly Row[], most: number): Portion<Row> =>
  nextOf(drawn, wanted, most, (before, after) => before.text === after.text);

describe("rows in portions", () => {
  it("draws the end first, and more of it each time", () => {
    const wanted = rows("a", "b", "c", "d", "e");
    const first = nextPortion([], wanted, 2);
    expect([keysOf(first.rows), first.isComplete]).toEqual([["d", "e"], false]);
    const second = nextPortion(first.rows, wanted, 2);
    expect([keysOf(second.rows), second.isComplete]).toEqual([["b", "c", "d", "e"], false]);
    const third = nextPortion(second.rows, wanted, 2);
    expect([keysOf(third.rows), third.isComplete]).toEqual([["a", "b", "c", "d", "e"], true]);
  });

  it("is complete with exactly as many as one portion has", () => {
    expect(nextPortion([], rows("a", "b"), 2).isComplete).toBe(true);
  });

  it("keeps a row that looks alike as it was, and leaves one that changed as it was until its turn", () => {
    const drawn = rows("a", "b", "c");
    const wanted = ["a2", "b2", "c"].map((text) => ({ key: text.slice(0, 1), text }));
    const first = nextPortion(drawn, wanted, 1);
    expect(first.rows.map((row) => drawn.indexOf(row))).toEqual([0, -1, 2]);
    expect([first.rows[1], first.isComplete]).toEqual([wanted[1], false]);
    expect(nextPortion(first.rows, wanted, 1)).toEqual({ rows: wanted, isComplete: true });
  });

  it("is the same array when nothing changes, and another one when only the order does", () => {
    const drawn = rows("a", "b");
    const [first, second] = drawn as [Row, Row];
    expect(nextPortion(drawn, [{ ...first }, { ...second }], 5).rows).toBe(drawn);
    expect(nextPortion(drawn, [second, first], 5).rows).toEqual([second, first]);
  });

  it("takes away at once what is not wanted any more", () => {
    expect(keysOf(nextPortion(rows("a", "b", "c"), rows("a", "c"), 0).rows)).toEqual(["a", "c"]);
  });

  it("is what is wanted after so many portions, whatever was drawn, and in order all the way", () => {
    const keys = fc.uniqueArray(fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(keys, keys, fc.integer({ min: 1, max: 7 }), (before, after, most) => {
        const wanted = rows(...after.map(String));
        let drawn: readonly Row[] = rows(...before.map(String));
        for (let left = Math.ceil(wanted.length / most); left > 0; left--) {
          const next = nextPortion(drawn, wanted, most);
          const places = next.rows.map(({ key }) => wanted.findIndex((each) => each.key === key));
          expect(places).toEqual([...places].sort((a, b) => a - b));
          drawn = next.rows;
        }
        expect(nextPortion(drawn, wanted, 0)).toEqual({ rows: wanted, isComplete: true });
      }),
    );
  });
});
