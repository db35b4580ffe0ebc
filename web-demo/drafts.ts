import { type Drafts, readDraft, storedDraft } from "../src/ui/composing/draft.ts";
import { acrossTabs, readJson, writeJson } from "./browser-storage.ts";

/** The unsent text of one participant in one channel; it outlives reloads, crashes and closed tabs. */
export function draftsOf(participant: string, channel: string): Drafts {
  const key = `hearback.draft.${participant}.${channel}`;
  return {
    load: () => readDraft(readJson(acrossTabs, key)),
    save: (draft) => void writeJson(acrossTabs, key, storedDraft(draft)),
  };
}
