import { describe, expect, test } from "vitest";
import { asParticipantId } from "../../sds/wire/ids.ts";
import { createCorrectedClock } from "./corrected-clock.ts";

const HOUR = 3_600_000;
const [ben, cleo, dora] = ["ben", "cleo", "dora"].map(asParticipantId) as [never, never, never];

function clockAt(start: number) {
  const device = { at: start, now: () => device.at };
  return { device, clock: createCorrectedClock(device) };
}

describe("a corrected clock", () => {
  test("follows what two others agree on", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    expect(clock.hear(ben, device.at + HOUR)).toBe(0);
    expect(clock.hear(cleo, device.at + HOUR - 300)).toBe(HOUR - 300);
    expect(clock.now()).toBe(device.at + HOUR - 300);
    device.at += 60_000;
    expect(clock.hear(dora, device.at + HOUR - 900), "about the same again").toBe(0);
    expect(clock.correctionMs()).toBe(HOUR - 300);
  });

  test("is moved by no one alone, and by no smaller half", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    clock.hear(ben, device.at + HOUR);
    expect(clock.correctionMs()).toBe(0);
    clock.hear(cleo, device.at + 100);
    clock.hear(dora, device.at + HOUR);
    expect(clock.correctionMs(), "two against two, ours included").toBe(0);
  });

  test("is moved by no more than a day, whatever the group says", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    clock.hear(ben, device.at + 365 * 24 * HOUR);
    clock.hear(cleo, device.at + 365 * 24 * HOUR);
    expect(clock.correctionMs()).toBe(0);
    expect(clock.suspectedMs(), "but people are told").toBe(365 * 24 * HOUR);
    clock.hear(dora, device.at + HOUR);
    expect(clock.correctionMs(), "one vote that counts").toBe(0);
  });

  test("leaves small differences alone", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    for (const signer of [ben, cleo, dora]) clock.hear(signer, device.at - 19_000);
    expect(clock.correctionMs()).toBe(0);
  });

  test("a replayed word says nothing, and an old one is forgotten", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    const said = device.at;
    for (const signer of [ben, cleo, dora]) clock.hear(signer, said);
    device.at += HOUR;
    for (const signer of [ben, cleo, dora]) clock.hear(signer, said);
    expect(clock.correctionMs()).toBe(0);
    device.at += 3 * HOUR;
    clock.hear(ben, device.at + HOUR);
    expect(clock.correctionMs(), "one fresh vote is too few").toBe(0);
    clock.hear(cleo, device.at + HOUR);
    expect(clock.correctionMs()).toBe(HOUR);
  });

  test("stays right after a sleep, when the first who is heard again says the same as all did before", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    for (const signer of [ben, cleo, dora]) clock.hear(signer, device.at - HOUR);
    device.at += 3 * HOUR;
    expect(clock.hear(ben, device.at - HOUR + 700)).toBe(0);
    expect(clock.correctionMs()).toBe(-HOUR);
    device.at += 60_000;
    expect(clock.hear(cleo, device.at - HOUR)).toBe(0);
    device.at += 3 * HOUR;
    expect(clock.hear(ben, device.at), "one who says another time").toBe(HOUR);
  });

  test("ends when the device's clock is set right", () => {
    const { device, clock } = clockAt(HOUR * 1_000);
    for (const signer of [ben, cleo, dora]) clock.hear(signer, device.at + HOUR);
    expect(clock.correctionMs()).toBe(HOUR);
    device.at += HOUR + 1_000;
    expect(clock.hear(ben, device.at)).toBe(-HOUR);
    expect(clock.now()).toBe(device.at);
  });
});
