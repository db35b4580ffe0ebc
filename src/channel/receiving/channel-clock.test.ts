import { describe, expect, test } from "vitest";
import { asParticipantId } from "../../sds/wire/ids.ts";
import { createChannelClock } from "./channel-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function clockOf(correctionMs = 0) {
  const device = { at: 1_000 * HOUR, now: () => device.at, schedule: () => () => {} };
  const clock = createChannelClock(device, correctionMs);
  /** The others' clocks are ahead of the device's by so much. */
  const hear = (aheadMs: number) => {
    device.at += 1_000;
    for (const who of ["ben", "cleo", "dora"]) {
      clock.hear({
        signer: asParticipantId(who),
        signedAt: device.at + aheadMs,
        arrivedAt: device.at,
        named: [],
      });
    }
  };
  return { device, clock, hear };
}

describe("a channel's clock", () => {
  test("is not moved by what others' clocks show, but by a person", () => {
    const { device, clock, hear } = clockOf();
    hear(HOUR);
    expect(clock.now()).toBe(device.at);
    expect(clock.suggestedMs()).toBe(HOUR);
    clock.correct(HOUR);
    expect(clock.now()).toBe(device.at + HOUR);
    expect(clock.suggestedMs()).toBe(null);
    hear(HOUR + 300);
    expect(clock.suggestedMs()).toBe(null);
  });

  test("asks for the same as long as it is about the same", () => {
    const { clock, hear } = clockOf();
    hear(HOUR);
    expect(clock.suggestedMs()).toBe(HOUR);
    hear(HOUR + 4_000);
    expect(clock.suggestedMs()).toBe(HOUR);
    hear(HOUR + 8_000);
    expect(clock.suggestedMs()).toBe(HOUR + 8_000);
  });

  test("does not ask again what was declined, but something else", () => {
    const { clock, hear } = clockOf();
    hear(HOUR);
    clock.correct(0);
    expect(clock.suggestedMs()).toBe(null);
    for (const byMs of [10_000, 60_000, 29 * 60_000]) {
      hear(HOUR + byMs);
      expect(clock.suggestedMs(), `${byMs}`).toBe(null);
    }
    hear(3 * HOUR);
    expect(clock.suggestedMs()).toBe(3 * HOUR);
  });

  //= protocol: WALL-6
  test("a device's clock that is mended after it was corrected: the person is asked to take it back", () => {
    for (const offMs of [HOUR, -HOUR]) {
      const { device, clock, hear } = clockOf();
      hear(offMs);
      clock.correct(offMs);
      device.at += offMs;
      clock.notice();
      hear(0);
      expect(clock.suggestedMs()).toBe(0);
      clock.correct(0);
      expect(clock.now()).toBe(device.at);
      expect(clock.suggestedMs()).toBe(null);
    }
  });

  test("one that was corrected in an earlier run goes on as it was, and is asked about when the others disagree", () => {
    const { device, clock, hear } = clockOf(-2 * HOUR);
    expect(clock.now()).toBe(device.at - 2 * HOUR);
    hear(-2 * HOUR);
    expect(clock.suggestedMs()).toBe(null);
    const stale = clockOf(-2 * HOUR);
    stale.hear(5_000);
    expect(stale.clock.suggestedMs(), "the device's clock is right by now").toBe(0);
  });
});
