import type { ChannelStatus } from "../../channel/api/channel-client.ts";
import { MAX_CLOCK_CORRECTION_MS } from "../../channel/api/limits.ts";
import type { Strings } from "../strings/strings.ts";

/** Clocks that differ by less look the same in hours and minutes. */
const SECONDS_BELOW_MS = 2 * 60_000;
/** Clocks that differ by more may be on different days. */
const DAYS_FROM_MS = 12 * 60 * 60_000;

/** What people are told of the channel's clock, and what they can do. */
export interface ClockWords {
  readonly kind: "question" | "note";
  readonly text: string;
  /** What correcting it would add to the device's clock, in milliseconds; null when that is not offered. */
  readonly correctTo: number | null;
}

/** Null while the channel goes by the device's clock and others' show no difference. `now` is the device's clock. */
export function clockWords(
  { clockCorrectionMs, clockSuggestionMs }: Pick<ChannelStatus, "clockCorrectionMs" | "clockSuggestionMs">,
  now: number,
  strings: Strings,
): ClockWords | null {
  const { clock, locale } = strings;
  if (clockSuggestionMs === null) {
    if (clockCorrectionMs === 0) return null;
    return { kind: "note", text: clock.corrected(clockCorrectionMs), correctTo: null };
  }
  const [others, here] = timesOf(now + clockSuggestionMs, now + clockCorrectionMs, locale);
  if (Math.abs(clockSuggestionMs) > MAX_CLOCK_CORRECTION_MS)
    return { kind: "question", text: clock.farOff(clockSuggestionMs), correctTo: null };
  if (clockSuggestionMs === 0) return { kind: "question", text: clock.mended(others, here), correctTo: null };
  const ask = clockCorrectionMs === 0 ? clock.question : clock.questionAgain;
  return { kind: "question", text: ask(others, here), correctTo: clockSuggestionMs };
}

/** In the form in which the times of messages are shown beside it. */
function timesOf(others: number, here: number, locale: string): [string, string] {
  const apart = Math.abs(others - here);
  const time = (at: number): string =>
    new Date(at).toLocaleString(locale, {
      ...{ hour: "2-digit", minute: "2-digit" },
      ...(apart < SECONDS_BELOW_MS ? { second: "2-digit" } : {}),
      ...(apart > DAYS_FROM_MS ? { weekday: "short" } : {}),
    });
  return [time(others), time(here)];
}
