import type { Drafts } from "../../src/ui/composing/draft.ts";
import { createKeptDrafts } from "../../src/ui/composing/kept-drafts.ts";
import { readText, writeText } from "./page-storage.ts";

/** The unsent text of a channel: a popup closes at any click beside it, and the text has to outlive that. */
export function draftsOf(channel: string): Drafts {
  const key = `hearback.draft.${channel}`;
  return createKeptDrafts(key, {
    read: () => parsed(readText(key)),
    write: (value) => writeText(key, value === null ? "" : JSON.stringify(value)),
  });
}

/** Earlier versions kept the bare text. */
function parsed(stored: string): unknown {
  try {
    const value: unknown = JSON.parse(stored);
    return typeof value === "object" ? value : stored;
  } catch {
    return stored;
  }
}
