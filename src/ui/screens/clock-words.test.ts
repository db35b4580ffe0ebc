import { describe, expect, it } from "vitest";
import { de } from "../strings/de.ts";
import { en } from "../strings/en.ts";
import { clockWords } from "./clock-words.ts";

const HOUR = 3_600_000;
const now = new Date(2026, 10, 28, 16, 5, 30).getTime();
/** Spaces in times are of different widths from one engine to the next. */
const words = (clockCorrectionMs: number, clockSuggestionMs: number | null, strings = en) => {
  const found = clockWords({ clockCorrectionMs, clockSuggestionMs }, now, strings);
  return found === null ? null : { ...found, text: found.text.replace(/\s/g, " ") };
};

describe("what people are told of the clock", () => {
  it("is nothing while there is nothing to ask and nothing was corrected", () => {
    expect(words(0, null)).toBe(null);
  });

  it("is a question with both times", () => {
    expect(words(0, -2 * HOUR)).toEqual({
      kind: "question",
      text: "Others' clocks say 02:05 PM, yours says 04:05 PM. Correct it for Hearback?",
      correctTo: -2 * HOUR,
    });
    expect(words(0, -2 * HOUR, de)?.text).toBe(
      "Die Uhren der anderen zeigen 14:05, deine zeigt 16:05. Für Hearback anpassen?",
    );
  });

  it("has seconds for clocks that are close, and days for those that are far", () => {
    expect(words(0, 45_000)?.text).toContain("say 04:06:15 PM, yours says 04:05:30 PM.");
    expect(words(0, 13 * HOUR)?.text).toContain("say Sun 05:05 AM, yours says Sat 04:05 PM.");
  });

  it("says what was answered as long as it holds", () => {
    const text = "You had the clock corrected: this channel goes by a time 2 hours behind this device's.";
    expect(words(-2 * HOUR, null)).toEqual({ kind: "note", text, correctTo: null });
  });

  it("asks again by the corrected clock, and only to take it back when the device's is right by now", () => {
    expect(words(-2 * HOUR, HOUR)).toEqual({
      kind: "question",
      text: "Others' clocks say 05:05 PM, yours as corrected says 02:05 PM. Correct it for Hearback?",
      correctTo: HOUR,
    });
    expect(words(-2 * HOUR, 0)).toEqual({
      kind: "question",
      text: "Others' clocks say 04:05 PM like this device's, which you had corrected to 02:05 PM.",
      correctTo: null,
    });
  });

  it("offers no correction by more than a day", () => {
    expect(words(0, 48 * HOUR)).toMatchObject({ kind: "question", correctTo: null });
    expect(words(0, 48 * HOUR)?.text).toMatch(/^Others' clocks are about 48 hours ahead of yours\./);
  });
});
