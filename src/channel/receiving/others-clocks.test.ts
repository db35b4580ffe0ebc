import { describe, expect, test } from "vitest";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { createOthersClocks } from "./others-clocks.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const PEOPLE = ["ben", "cleo", "dora"];
const mine = asMessageId("mine");

/** A device, and others whose clocks are ahead of it by something, and whose words are held up for some time. */
function bench() {
  const device = { at: 1_000 * HOUR, now: () => device.at };
  const clocks = createOthersClocks(device);
  const word = (who: string, aheadMs: number, heldUpMs = 0, named = [] as ReturnType<typeof asMessageId>[]) => {
    const signedAt = device.at - heldUpMs + aheadMs;
    clocks.hear({ signer: asParticipantId(who), signedAt, arrivedAt: device.at, named });
  };
  const all = (aheadMs: number, heldUpMs = 0, named = [] as ReturnType<typeof asMessageId>[]) => {
    for (const who of PEOPLE) word(who, aheadMs, heldUpMs, named);
  };
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= MINUTE) {
      device.at += Math.min(left, MINUTE);
      clocks.notice();
    }
  };
  return { device, clocks, word, all, pass };
}

describe("others' clocks", () => {
  //= protocol: WALL-3
  test("are ahead when their words come before they were said", () => {
    const { clocks, all } = bench();
    all(HOUR, 300);
    expect(clocks.differenceMs(0)).toBe(HOUR - 300);
    expect(clocks.differenceMs(HOUR), "a corrected clock goes with them").toBe(0);
    expect(clocks.differenceMs(2 * HOUR), "one that was corrected too far does not").toBe(-HOUR - 300);
  });

  test("are not behind because their words are held up", () => {
    const { clocks, all, pass } = bench();
    all(0, 55 * SECOND);
    pass(MINUTE);
    all(0, 9 * MINUTE);
    expect(clocks.differenceMs(0)).toBe(0);
  });

  //= protocol: WALL-3
  test("are behind, as far as is sure, when they name what we said at a time when we had not said it by their clock", () => {
    const { device, clocks, all, pass } = bench();
    const saidAt = device.at;
    clocks.said(mine);
    device.at += 4 * SECOND;
    all(-5 * MINUTE, 0, [asMessageId("another")]);
    expect(clocks.differenceMs(0), "not mine").toBe(0);
    device.at += 2 * SECOND;
    all(-5 * MINUTE, 0, [mine]);
    expect(clocks.differenceMs(0)).toBe(device.at - 5 * MINUTE - saidAt);
    pass(40 * SECOND);
    all(-5 * MINUTE, 30 * SECOND, [mine]);
    expect(clocks.differenceMs(0), "the quickest answer counts").toBe(-5 * MINUTE + 6 * SECOND);
  });

  test("seem to be behind when all words of most come very late", () => {
    const { clocks, all, word } = bench();
    all(-2 * HOUR, 500);
    expect(clocks.differenceMs(0)).toBe(-2 * HOUR - 500);
    word("ben", 0);
    word("cleo", 0);
    expect(clocks.differenceMs(0), "one word in time is enough").toBe(0);
  });

  //= protocol: WALL-4
  test("one alone shows nothing, nor does a smaller half", () => {
    const { clocks, word } = bench();
    word("ben", HOUR);
    expect(clocks.differenceMs(0)).toBe(0);
    word("cleo", 100);
    word("dora", HOUR);
    expect(clocks.differenceMs(0), "two against two, ours included").toBe(0);
    word("emil", HOUR);
    expect(clocks.differenceMs(0)).toBe(HOUR);
  });

  test("small differences are none", () => {
    const { clocks, all } = bench();
    all(19 * SECOND);
    expect(clocks.differenceMs(0)).toBe(0);
  });

  //= protocol: WALL-2
  test("old words said again say nothing", () => {
    const { device, clocks, all, pass } = bench();
    const said = device.at;
    all(0);
    pass(20 * MINUTE);
    all(0);
    for (let time = 0; time < 5; time++) {
      for (const who of PEOPLE) {
        clocks.hear({ signer: asParticipantId(who), signedAt: said + time, arrivedAt: device.at, named: [] });
      }
    }
    expect(clocks.differenceMs(0)).toBe(0);
  });

  test("that were set right after they were fast show nothing of what they said before", () => {
    const { clocks, all, pass } = bench();
    all(HOUR);
    expect(clocks.differenceMs(0)).toBe(HOUR);
    pass(MINUTE);
    all(0);
    for (let minute = 0; minute < 90; minute++) {
      pass(MINUTE);
      all(0);
      expect(clocks.differenceMs(0)).toBe(0);
    }
  });

  test("are forgotten after two hours", () => {
    const { clocks, all, pass } = bench();
    all(HOUR);
    pass(119 * MINUTE);
    expect(clocks.differenceMs(0)).toBe(HOUR);
    pass(2 * MINUTE);
    expect(clocks.differenceMs(0)).toBe(0);
  });

  //= protocol: WALL-4
  test("show no more what they said more than two hours ago, though they still speak", () => {
    const { clocks, all, pass } = bench();
    all(HOUR);
    pass(70 * MINUTE);
    all(0);
    pass(50 * MINUTE);
    expect(clocks.differenceMs(0)).toBe(HOUR);
    pass(1);
    expect(clocks.differenceMs(0)).toBe(0);
  });

  //= protocol: WALL-5
  test("what was seen by a clock that was set since, either way, or before a sleep, counts no more", () => {
    for (const byMs of [-HOUR, HOUR]) {
      const { device, clocks, all } = bench();
      clocks.said(mine);
      all(byMs);
      device.at += byMs;
      clocks.notice();
      expect(clocks.differenceMs(0)).toBe(0);
      all(0, 0, [mine]);
      expect(clocks.differenceMs(0), "nor what we said by it").toBe(0);
    }
  });

  //= protocol: WALL-5
  test("a frame that waited through a change of the clock says nothing", () => {
    const { device, clocks } = bench();
    for (const arrivedAt of [device.at + HOUR, device.at - HOUR]) {
      for (const who of PEOPLE) {
        clocks.hear({ signer: asParticipantId(who), signedAt: arrivedAt + 2 * HOUR, arrivedAt, named: [] });
      }
    }
    expect(clocks.differenceMs(0)).toBe(0);
  });

  //= protocol: LIMIT-14
  test("any number of keys takes bounded room, and those that were there stay", () => {
    const { clocks, word, all } = bench();
    all(0);
    for (let key = 0; key < 5_000; key++) word(`key ${key}`, HOUR);
    // 1,021 of 1,024 that were heard: the others found no room.
    expect(clocks.differenceMs(0)).toBe(HOUR);
    for (let key = 0; key < 1_021; key++) word(`key ${key}`, 2 * HOUR);
    for (let key = 1_021; key < 5_000; key++) word(`key ${key}`, 3 * HOUR);
    expect(clocks.differenceMs(0)).toBe(2 * HOUR);
  });
});
