import type { Drafts } from "../src/ui/composing/draft.ts";
import { createKeptDrafts } from "../src/ui/composing/kept-drafts.ts";
import { acrossTabs, readJson, writeJson } from "./browser-storage.ts";

/** The unsent text of one participant in one channel; it outlives reloads, crashes, closed tabs and killed browsers. */
export function draftsOf(participant: string, channel: string): Drafts {
  const key = `hearback.draft.${participant}.${channel}`;
  return createKeptDrafts(key, {
    read: () => readJson(acrossTabs, key),
    write: (value) => void writeJson(acrossTabs, key, value),
  });
}
