import type { Clock } from "../../runtime/port.ts";
import { StorageError } from "../../storage/port.ts";
import type { OldRows } from "./old-rows.ts";
import type { OldTexts } from "./old-texts.ts";

/**
 * In vain not more than this share of the bodies goes, or this much. A browser's database gives space back late and in
 * leaps; and if others fill the disk, giving up all would not help (docs/architecture.md).
 */
const SHARE = 0.25;
const AT_LEAST_BYTES = 4 * 1024 * 1024;
/** Space is given back by work that the database does in the background: without a pause more goes than has to. */
const PAUSE_MS = 500;

/** The disk that all channels of a device share: what does not fit is written again when the oldest texts have gone. */
export interface DiskSpace {
  /** These may be given up, whoever needs the space, rows before texts. Returns what ends that. */
  offer(texts: OldTexts, rows?: OldRows): () => void;
  /**
   * Runs `action` again and again while the disk is full and space can be made. Rejects as it does. From `ending` on no space is
   * made for it and no pause is waited for; what waits for one is tried once more at once.
   */
  write(action: () => Promise<void>, ending?: AbortSignal): Promise<void>;
}

/** A batch went; what it gives back is there after `pause`. */
interface Made {
  readonly pause: Promise<void>;
}

/**
 * The channel that holds most gives first. Whoever needs space at the same time shares what is given up. A worker that starts
 * again and again by itself, on a disk that others fill, gives nothing up before a person is there to read why.
 */
export function createDiskSpace(clock: Pick<Clock, "schedule">, isAttended: () => boolean = () => true): DiskSpace {
  const offered = new Set<{ readonly texts: OldTexts; readonly rows: OldRows | undefined }>();
  /** What may still go in vain; null as long as nothing went. */
  let left: { readonly count: number; readonly bytes: number } | null = null;
  let making: Promise<Made | null> | null = null;
  let hasWritten = false;
  /** Writes that did not fit at first and go on trying. */
  let struggling = 0;

  /** Null when no more is to be given up. */
  async function makeRoom(): Promise<Made | null> {
    if (!hasWritten && !isAttended()) return null;
    const all = [...offered].sort((a, b) => b.texts.count() - a.texts.count());
    for (const { rows } of all) if ((await rows?.giveUpBatch()) === true) return pausing();
    const most = all.map(({ texts }) => texts);
    left ??= { count: most.reduce((sum, texts) => sum + texts.count(), 0) * SHARE, bytes: AT_LEAST_BYTES };
    if (left.count <= 0 && left.bytes <= 0) return null;
    for (const texts of most) {
      const gone = await texts.giveUpBatch();
      if (gone === null) continue;
      left = { count: left.count - gone.count, bytes: left.bytes - gone.bytes };
      return pausing();
    }
    return null;
  }

  function pausing(): Made {
    return { pause: new Promise<void>((resolve) => void clock.schedule(PAUSE_MS, resolve)) };
  }

  function makeRoomTogether(): Promise<Made | null> {
    if (making !== null) return making;
    const isOver = () => {
      making = null;
    };
    making = makeRoom();
    making.then((made) => made?.pause).then(isOver, isOver);
    return making;
  }

  async function writeWithRoom(action: () => Promise<void>, refusal: unknown, ending?: AbortSignal): Promise<void> {
    for (let error = refusal; ; ) {
      if (!isFull(error) || ending?.aborted === true) throw error;
      const made = await makeRoomTogether();
      if (made === null) throw error;
      await unlessEnding(made.pause, ending);
      try {
        await action();
        left = null;
        return;
      } catch (next) {
        error = next;
      }
    }
  }

  return {
    offer: (texts, rows) => {
      const offer = { texts, rows };
      offered.add(offer);
      return () => offered.delete(offer);
    },
    write: async (action, ending) => {
      try {
        await action();
      } catch (error) {
        struggling++;
        await writeWithRoom(action, error, ending).finally(() => struggling--);
      }
      hasWritten = true;
      // A small one that fits does not show that space was made for a large one.
      if (struggling === 0) left = null;
    },
  };
}

/** Resolves with it, or when nobody is to wait any more. */
async function unlessEnding(pause: Promise<void>, ending: AbortSignal | undefined): Promise<void> {
  if (ending === undefined) return pause;
  if (ending.aborted) return;
  let stopListening = (): void => {};
  const ended = new Promise<void>((resolve) => {
    const listener = () => resolve();
    ending.addEventListener("abort", listener);
    stopListening = () => ending.removeEventListener("abort", listener);
  });
  await Promise.race([pause, ended]);
  stopListening();
}

function isFull(error: unknown): boolean {
  return error instanceof StorageError && error.code === "quota";
}
