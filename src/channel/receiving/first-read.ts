import type { Clock } from "../../runtime/port.ts";
import type { HistoryQuery } from "../../transport/port.ts";
import type { ReadingView, StoredView } from "../api/channel-client.ts";
import type { NewestPage } from "./newest-page.ts";

/** A Store that needs longer for its newest page is slow in all; the past is then read beside it. */
const PATIENCE_MS = 1_000;

/**
 * A device that never read a channel to its end begins with its oldest message. Until it is through, people see what was said
 * last, and how much has come.
 */
export interface FirstRead {
  /** The query of the past that is going to be read; resolves when it may be. Never rejects. */
  begins(query: Extract<HistoryQuery, { by: "time" }>): Promise<void>;
  /** One more page was taken in. */
  goesOn(): void;
  /** No Store answers just now; `begins` follows sooner or later. */
  waits(): void;
  /** All was read. Said once. */
  ends(): void;
  /** Null before the first begins, and once one has ended. */
  status(): ReadingView | null;
  /** In log order; empty when nothing is being read. */
  newest(): readonly StoredView[];
  close(): void;
}

export interface FirstReadOptions {
  readonly clock: Clock;
  readonly page: NewestPage;
  /** Messages in the log. */
  readonly messages: () => number;
  /** The status differs. */
  readonly onChange: () => void;
}

export function createFirstRead({ clock, page, messages, onChange }: FirstReadOptions): FirstRead {
  let state: "before" | "reading" | "waiting" | "ended" = "before";
  /** Messages at the end of the last page: a status for each one would be more than anybody reads. */
  let counted = 0;
  let newest: readonly StoredView[] = [];
  let looking: Promise<void> | null = null;
  let stopWaiting = (): void => {};

  function become(next: typeof state): void {
    state = next;
    count();
  }

  function count(): void {
    counted = messages();
    onChange();
  }

  async function look(query: Extract<HistoryQuery, { by: "time" }>): Promise<void> {
    try {
      const found = await page.look(query);
      if (state !== "ended") newest = found;
      onChange();
    } catch {
      // No Store answers, or it reads no way but forward: asked again with the next read.
      looking = null;
    }
  }

  /** Resolves with `done`, and soon in any case. */
  function within(done: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.schedule(PATIENCE_MS, resolve);
      stopWaiting = () => {
        cancel();
        resolve();
      };
      void done.then(stopWaiting);
    });
  }

  return {
    begins: async (query) => {
      if (state === "ended") return;
      become("reading");
      looking ??= look(query);
      await within(looking);
    },
    goesOn: count,
    waits: () => {
      if (state === "reading") become("waiting");
    },
    ends: () => {
      newest = [];
      page.close();
      become("ended");
    },
    status: () =>
      state === "before" || state === "ended"
        ? null
        : { messages: counted, newest: newest.length, waiting: state === "waiting" },
    newest: () => newest,
    close: () => {
      stopWaiting();
      page.close();
    },
  };
}
