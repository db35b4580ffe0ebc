import { describe, expect, it } from "vitest";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import type { LogPosition } from "../api/channel-client.ts";
import { type Place, placesBefore } from "./views.ts";

const nameOf = (place: Place): string => (place.kind === "message" ? place.entry.id : `hole ${place.missing.id}`);

/** Ten of Ben's messages, the third and the seventh missing for so long that the others are shown past them. */
function logWithHoles() {
  const core = new OneCore({ lostAfterMs: 60_000 });
  core.online();
  const start = core.now;
  const id = (n: number) => asMessageId(`m${n}`);
  for (const n of [1, 2, 4, 5, 6, 8, 9, 10]) {
    const parents = n === 1 ? [] : [{ id: id(n - 1), lamport: start + n - 1 }];
    core.receive(id(n), "ben", { lamport: start + n, parents });
  }
  core.wait(5 * 60_000);
  const at = (n: number): LogPosition => ({ lamport: start + n, id: id(n) });
  const page = (limit: number, before?: LogPosition) => {
    const { places, more } = placesBefore(core.state, before, limit);
    return { names: places.map(nameOf), more };
  };
  return { page, at };
}

const ALL = ["m1", "m2", "hole m3", "m4", "m5", "m6", "hole m7", "m8", "m9", "m10"];

describe("the places before one", () => {
  it("are messages and holes in log order, and all when there is room", () => {
    const { page } = logWithHoles();
    expect(page(10)).toEqual({ names: ALL, more: false });
    expect(page(9)).toEqual({ names: ALL.slice(1), more: true });
  });

  it.each([1, 2, 3, 4, 7])(
    "lead back through the whole log by pages of %i: nothing twice, nothing left out",
    (limit) => {
      const { page, at } = logWithHoles();
      let read: string[] = [];
      for (let before: LogPosition | undefined, turn = 0; turn < 20; turn++) {
        const { names, more } = page(limit, before);
        expect(names.length).toBeLessThanOrEqual(limit);
        read = [...names, ...read];
        before = at(Number(names[0]?.replace(/\D/g, "")));
        if (!more) break;
      }
      expect(read).toEqual(ALL);
    },
  );

  it("do not hold the place itself, be it a message, a hole or the first of all", () => {
    const { page, at } = logWithHoles();
    expect(page(2, at(8)).names).toEqual(["m6", "hole m7"]);
    expect(page(2, at(7)).names).toEqual(["m5", "m6"]);
    expect(page(2, at(1))).toEqual({ names: [], more: false });
  });
});
