import type { LogPage } from "../api/channel-client.ts";

/** Characters of text in a page. Each may be six as JSON, and all has to fit through the ports of a browser. */
export const MAX_PAGE_TEXT = 2_000_000;

/** The end of a page, as much as may cross the bridge at once: one entry at least, or nobody would ever come further. */
export function endOfPage({ entries, more }: LogPage): LogPage {
  let from = entries.length;
  let characters = 0;
  while (from > 0) {
    const entry = entries[from - 1];
    characters += entry?.kind === "message" ? entry.text.length : 0;
    if (characters > MAX_PAGE_TEXT && from < entries.length) break;
    from--;
  }
  return { entries: entries.slice(from), more: more || from > 0 };
}
