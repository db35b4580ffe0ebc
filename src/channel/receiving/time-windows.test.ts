import { expect, test } from "vitest";
import { asMessageId } from "../../sds/wire/ids.ts";
import { timeWindows } from "./time-windows.ts";

const MINUTE = 60_000;
const wanted = (lamport: number | null, hint?: Uint8Array) => ({ id: asMessageId("m"), lamport, hint });

//= protocol: HOLE-1
test("what has no hash is looked for two minutes before and after its time; overlapping windows are one", () => {
  const times = [10 * MINUTE, 13 * MINUTE, 30 * MINUTE].map((lamport) => wanted(lamport));
  expect(timeWindows(times)).toEqual([
    { from: 8 * MINUTE, to: 15 * MINUTE },
    { from: 28 * MINUTE, to: 32 * MINUTE },
  ]);
  expect(timeWindows([wanted(null), wanted(10 * MINUTE, new Uint8Array(32))]), "neither needs one").toEqual([]);
});

//= protocol: HOLE-1
test("of many windows the newest four are looked at", () => {
  const times = Array.from({ length: 9 }, (_, n) => wanted((9 - n) * 10 * MINUTE));
  expect(timeWindows(times).map(({ to }) => to / MINUTE)).toEqual([62, 72, 82, 92]);
});
