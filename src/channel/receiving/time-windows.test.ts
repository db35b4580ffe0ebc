import { expect, it } from "vitest";
import type { MessageId } from "../../sds/wire/ids.ts";
import { timeWindows } from "./time-windows.ts";

const MINUTE = 60_000;
const wanted = (...minutes: (number | null)[]) =>
  minutes.map((minute, n) => ({
    ...{ id: `${n}` as MessageId, hint: undefined },
    lamport: minute === null ? null : minute * MINUTE,
  }));
const inMinutes = (...args: Parameters<typeof wanted>) =>
  timeWindows(wanted(...args)).map(({ from, to }) => [from / MINUTE, to / MINUTE]);

//= protocol: HOLE-1
it("looks two minutes before and behind, once where that overlaps", () => {
  expect(inMinutes(30, 10, 12, 20, 16)).toEqual([
    [8, 22],
    [28, 32],
  ]);
  expect(inMinutes(10, 14.5)).toEqual([
    [8, 12],
    [12.5, 16.5],
  ]);
  expect(inMinutes(1, null)).toEqual([[0, 3]]);
});

//= protocol: HOLE-1
it("looks in the newest four places", () => {
  expect(inMinutes(60, 10, 50, 20, 40, 30).map(([from]) => from)).toEqual([28, 38, 48, 58]);
});

it("looks for nothing of which the hash is known", () => {
  const [one, two] = wanted(10, 30);
  if (one === undefined || two === undefined) throw new Error("none");
  expect(timeWindows([{ ...one, hint: new Uint8Array(32) }, two])).toHaveLength(1);
});
