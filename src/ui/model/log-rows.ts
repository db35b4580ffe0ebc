import type { HoleView } from "../../channel/api/channel-client.ts";
import type { ShownItem, ShownMessage } from "./shown-item.ts";

/** Messages of one author within this time stand under one name. */
export const GROUP_WITHIN_MS = 5 * 60_000;

export type LogRow =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "message"; readonly key: string; readonly message: ShownMessage; readonly grouped: boolean }
  | { readonly kind: "hole"; readonly key: string; readonly hole: HoleView };

const dayOf = (at: number): string => new Date(at).toDateString();

/**
 * What the list shows: entries in log order with a separator where the author's day changes. The log's order is not that
 * of the clocks, so a day may come up twice; keys stay unique by the entry that follows.
 */
export function logRows(entries: readonly ShownItem[]): readonly LogRow[] {
  const rows: LogRow[] = [];
  let day = "";
  let previous: ShownMessage | null = null;
  for (const entry of entries) {
    if (entry.kind === "hole") {
      rows.push({ kind: "hole", key: entry.id, hole: entry });
      previous = null;
      continue;
    }
    const entryDay = dayOf(entry.composedAt);
    if (entryDay !== day) {
      rows.push({ kind: "day", key: `day ${entry.id}`, at: entry.composedAt });
      day = entryDay;
      previous = null;
    }
    rows.push({ kind: "message", key: entry.id, message: entry, grouped: isContinued(previous, entry) });
    previous = entry;
  }
  return rows;
}

/** Rows are made anew with each change of the log; what stands in them is not. */
export function rowsAreAlike(before: LogRow, after: LogRow): boolean {
  switch (before.kind) {
    case "day":
      return after.kind === "day" && before.at === after.at;
    case "message":
      return after.kind === "message" && before.message === after.message && before.grouped === after.grouped;
    case "hole":
      return after.kind === "hole" && before.hole === after.hole;
  }
}

function isContinued(previous: ShownMessage | null, next: ShownMessage): boolean {
  return (
    previous !== null &&
    previous.author === next.author &&
    previous.type === "chat" &&
    next.type === "chat" &&
    Math.abs(next.composedAt - previous.composedAt) < GROUP_WITHIN_MS
  );
}

export function dayWords(at: number, now: number, today: string, yesterday: string, locale: string): string {
  const day = dayOf(at);
  if (day === dayOf(now)) return today;
  const dayBefore = new Date(now);
  dayBefore.setDate(dayBefore.getDate() - 1);
  if (day === dayBefore.toDateString()) return yesterday;
  return new Date(at).toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** By locale, of which there are two. Making one takes hundreds of times as long as using it, and each row shows a time. */
const timeFormats = new Map<string, Intl.DateTimeFormat>();

export function timeWords(at: number, locale: string): string {
  const date = new Date(at);
  // Authors write any number as their time, and a format takes no date that is none.
  if (Number.isNaN(date.getTime())) return String(date);
  let format = timeFormats.get(locale);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    timeFormats.set(locale, format);
  }
  return format.format(date);
}
