import type { Drafts } from "../../src/ui/draft.ts";
import { readText, writeText } from "./page-storage.ts";

/** The unsent text of a channel: a popup closes at any click beside it, and the text has to outlive that. */
export function draftsOf(channel: string): Drafts {
  const key = `hearback.draft.${channel}`;
  return { load: () => readText(key), save: (text) => writeText(key, text) };
}
