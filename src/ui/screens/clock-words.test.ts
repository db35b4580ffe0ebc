import { describe, expect, it } from "vitest";
import { de } from "../strings/de.ts";
import { en } from "../strings/en.ts";
import { clockWords } from "./clock-words.ts";

const HOUR = 3_600_000;
const now = new Date(2026, 10, 28, 16, 5, 30).getTime();
const words = (clockCorrectionMs: number, clockSuggestionMs: number | null, strings = en) =>
  clockWords({ clockCorrectionMs, clockSuggestionMs }, now, strings);

describe("what people are told of the clock", () => {
  it("is nothing while there is nothing to ask and nothing was corrected", () => {
    expect(words(0, null)).toBe(null);
  });

  it("is a question with both times", () => {
    expect(words(0, -2 * HOUR)).toEqual({
      kind: "question",
      text: "Others' clocks say 14:05, yours says 16:05. Correct it for Hearback?",
      correctTo: -2 * HOUR,
    });
    expect(words(0, -2 * HOUR, de)?.text).toBe(
      "Die Uhren der anderen zeigen 14:05, deine zeigt 16:05. Für Hearback anpassen?",
    );
  });

  it("has seconds for clocks that are close, and days for those that are far", () => {
    expect(words(0, 45_000)?.text).toContain("say 16:06:15, yours says 16:05:30.");
    expect(words(0, 13 * HOUR)?.text).toContain("say Sun 05:05, yours says Sat 16:05.");
  });

  it("says what was answered as long as it holds", () => {
    const text = "You had the clock corrected: this channel goes by a time 2 hours behind this device's.";
    expect(words(-2 * HOUR, null)).toEqual({ kind: "note", text, correctTo: null });
  });

  it("asks again by the corrected clock, and only to take it back when the device's is right by now", () => {
    expect(words(-2 * HOUR, HOUR)).toEqual({
      kind: "question",
      text: "Others' clocks say 17:05, yours as corrected says 14:05. Correct it for Hearback?",
      correctTo: HOUR,
    });
    expect(words(-2 * HOUR, 0)).toEqual({
      kind: "question",
      text: "Others' clocks say 16:05 like this device's, which you had corrected to 14:05.",
      correctTo: null,
    });
  });

  it("offers no correction by more than a day", () => {
    expect(words(0, 48 * HOUR)).toMatchObject({ kind: "question", correctTo: null });
    expect(words(0, 48 * HOUR)?.text).toMatch(/^Others' clocks are about 48 hours ahead of yours\./);
  });
});
