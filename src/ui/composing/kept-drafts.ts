import { type Draft, type Drafts, NO_DRAFT, readDraft, storedDraft } from "./draft.ts";
import { type DraftDisk, draftDisk } from "./draft-disk.ts";

/** Where a draft is read and written at once: a place of localStorage. Null: nothing. */
export interface DraftShelf {
  read(): unknown;
  write(value: object | null): void;
}

/**
 * Drafts that outlive the browser. A shelf is there when the page is, but reaches the disk seconds later, so that a browser that is
 * killed forgets what was written last, or that it was sent; so each draft is also written to a database, which is asked a moment later
 * whether it knows better.
 */
export function createKeptDrafts(key: string, shelf: DraftShelf, disk: DraftDisk = draftDisk): Drafts {
  /** Of what was loaded or saved last: later ones are higher. */
  let savedAt = 0;
  return {
    load: () => {
      const stored = shelf.read();
      savedAt = stampOf(stored);
      return readDraft(stored);
    },
    save: (draft) => {
      savedAt = Math.max(Date.now(), savedAt + 1);
      const kept = storedDraft(draft);
      shelf.write(kept === null ? null : { ...kept, savedAt });
      disk.put(key, { ...(kept ?? NO_DRAFT), savedAt });
    },
    recover: async (): Promise<Draft | null> => {
      const before = savedAt;
      const found = await disk.get(key);
      return stampOf(found) > before && savedAt === before ? readDraft(found) : null;
    },
    forget: () => {
      shelf.write(null);
      disk.delete(key);
    },
  };
}

function stampOf(stored: unknown): number {
  if (typeof stored !== "object" || stored === null || !("savedAt" in stored)) return 0;
  return typeof stored.savedAt === "number" ? stored.savedAt : 0;
}
