import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRow } from "../model/log-rows.ts";
import type { ShownMessage } from "../model/shown-item.ts";
import { nextPortion } from "./rows-in-portions.ts";

const messageOf = (name: string): ShownMessage => ({ id: name }) as unknown as ShownMessage;
const row = (key: string, message = messageOf(key), grouped = false): LogRow => ({
  kind: "message",
  key,
  message,
  grouped,
});
const rows = (...keys: string[]): LogRow[] => keys.map((key) => row(key));
const keysOf = (drawn: readonly LogRow[]): string[] => drawn.map(({ key }) => key);

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
    const changed = [row("a", messageOf("a2")), row("b", messageOf("b2"), true), row("c")];
    const last = drawn[2];
    const first = nextPortion(
      drawn,
      [...changed.slice(0, 2), row("c", (last as { message: ShownMessage }).message)],
      1,
    );
    expect(first.rows).toEqual([drawn[0], changed[1], drawn[2]]);
    expect([first.rows[0] === drawn[0], first.rows[2] === drawn[2], first.isComplete]).toEqual([true, true, false]);
  });

  it("takes another group, day or hole for a change", () => {
    const message = messageOf("a");
    const hole = { id: "h" } as never;
    const drawn: LogRow[] = [
      { kind: "day", key: "day a", at: 1 },
      { kind: "message", key: "a", message, grouped: false },
      { kind: "hole", key: "h", hole },
    ];
    const changes: LogRow[] = [
      { kind: "day", key: "day a", at: 2 },
      { kind: "message", key: "a", message, grouped: true },
      { kind: "hole", key: "h", hole: { id: "h" } as never },
      { kind: "message", key: "h", message: messageOf("h"), grouped: false },
    ];
    for (const change of changes) {
      const wanted = drawn.map((before) => (before.key === change.key ? change : { ...before }));
      expect(nextPortion(drawn, wanted, 0).isComplete).toBe(false);
      expect(nextPortion(drawn, wanted, 1)).toEqual({ rows: wanted, isComplete: true });
    }
    expect(
      nextPortion(
        drawn,
        drawn.map((before) => ({ ...before })),
        0,
      ).isComplete,
    ).toBe(true);
  });

  it("is the same array when nothing changes, and another one when only the order does", () => {
    const drawn = rows("a", "b");
    const [first, second] = drawn as [LogRow, LogRow];
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
        let drawn: readonly LogRow[] = rows(...before.map(String));
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
