import { IDBDatabase, IDBFactory } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { type Draft, NO_DRAFT } from "./draft.ts";
import { createDraftDisk } from "./draft-disk.ts";
import { createKeptDrafts } from "./kept-drafts.ts";

const typed = (text: string): Draft => ({ ...NO_DRAFT, text });
const SENT: Draft = { text: "hello", type: "announcement", waiting: [{ requestId: "r", text: "hello", type: "chat" }] };

/** A browser: its disk, and a shelf that may forget what was written since. */
function browser(indexedDB = new IDBFactory()) {
  const disk = createDraftDisk(() => indexedDB);
  const shelf = { value: null as object | null };
  const drafts = () =>
    createKeptDrafts(
      "hearback.draft.harbour",
      {
        read: () => shelf.value,
        write: (value) => {
          shelf.value = value;
        },
      },
      disk,
    );
  return { drafts, shelf, disk };
}

/** What the disk has, when all that was saved is written. */
async function settled({ disk }: ReturnType<typeof browser>): Promise<unknown> {
  disk.put("another", {});
  await expect.poll(() => disk.get("another")).toBeDefined();
  return disk.get("hearback.draft.harbour");
}

describe("a draft", () => {
  it("is on the shelf at once, and nothing is to be recovered", async () => {
    const here = browser();
    here.drafts().save(SENT);
    await settled(here);
    const again = here.drafts();
    expect(again.load()).toEqual(SENT);
    expect(await again.recover()).toBeNull();
  });

  it("comes from the disk when the shelf has forgotten it, or has an older one", async () => {
    const here = browser();
    const page = here.drafts();
    page.save(typed("hel"));
    const before = here.shelf.value;
    page.save(SENT);
    await settled(here);
    for (const forgotten of [null, before]) {
      here.shelf.value = forgotten;
      const again = here.drafts();
      again.load();
      expect(await again.recover()).toEqual(SENT);
    }
  });

  it("that was sent does not come back from a shelf that has forgotten that", async () => {
    const here = browser();
    const page = here.drafts();
    page.save(SENT);
    const before = here.shelf.value;
    page.save(NO_DRAFT);
    expect(here.shelf.value).toBeNull();
    await settled(here);
    here.shelf.value = before;
    const again = here.drafts();
    expect(again.load()).toEqual(SENT);
    expect(await again.recover()).toEqual(NO_DRAFT);
  });

  it("that is typed meanwhile is not replaced by what was before", async () => {
    const here = browser();
    here.drafts().save(SENT);
    await settled(here);
    here.shelf.value = null;
    const again = here.drafts();
    again.load();
    const recovering = again.recover();
    again.save(typed("new"));
    expect(await recovering).toBeNull();
  });

  it("saved twice in one millisecond, or after the clock was set back, is the later one", async () => {
    const here = browser();
    const page = here.drafts();
    for (let n = 0; n < 50; n++) page.save(typed(`typed ${n}`));
    await settled(here);
    here.shelf.value = { ...typed("typed 48"), savedAt: Number(Reflect.get(here.shelf.value ?? {}, "savedAt")) - 1 };
    const again = here.drafts();
    again.load();
    expect(await again.recover()).toEqual(typed("typed 49"));
  });

  it("is written once", async () => {
    const here = browser();
    here.drafts().save(SENT);
    await settled(here);
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    await here.disk.get("another");
    await here.disk.get("another");
    expect(begun).toHaveBeenCalledTimes(2);
    begun.mockRestore();
  });

  it("is forgotten everywhere when the channel is left", async () => {
    const here = browser();
    const page = here.drafts();
    page.save(SENT);
    page.forget();
    expect(await settled(here)).toBeUndefined();
    expect(here.shelf.value).toBeNull();
  });

  it("is kept by the shelf alone where a browser has no database, or it is deleted meanwhile", async () => {
    for (const factory of [
      () => undefined,
      () =>
        Object.assign(new IDBFactory(), {
          open: () => {
            throw new DOMException("No.");
          },
        }),
    ]) {
      const disk = createDraftDisk(factory);
      disk.put("key", SENT);
      expect(await disk.get("key")).toBeUndefined();
    }
    const indexedDB = new IDBFactory();
    const here = browser(indexedDB);
    here.drafts().save(SENT);
    await settled(here);
    await new Promise((resolve) => {
      indexedDB.deleteDatabase("hearback.drafts").onsuccess = resolve;
    });
    const page = here.drafts();
    page.save(typed("again"));
    expect(await settled(here)).toMatchObject({ text: "again" });
  });
});
