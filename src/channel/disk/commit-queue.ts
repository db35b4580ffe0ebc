import type { Change, Durability } from "../../sds/io/records.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import { createBacklog } from "./backlog.ts";
import type { DiskSpace } from "./disk-space.ts";

/** Writes whole steps, grouped: what comes in while a transaction runs goes into the next one together. */
export interface CommitQueue {
  /** Resolves when the changes are written; with `strict`, when they and all before them are on disk. */
  commit(changes: readonly Change[], durability: Durability): Promise<void>;
  /** So much waits to be written that whoever can wait should, and whoever cannot be refused. */
  isLong(): boolean;
  /** Resolves when everything queued is written (or failed). */
  idle(): Promise<void>;
}

interface Waiting {
  readonly changes: readonly Change[];
  readonly durability: Durability;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface CommitQueueOptions {
  readonly storage: ChannelStorage;
  readonly channel: ChannelId;
  readonly space: Pick<DiskSpace, "write">;
  /** Up to where bodies, and what the ledger told, were given up by now; written with whatever is written next. */
  readonly bodiesSince: () => number;
  readonly detailsSince?: () => number;
  /** Whoever closes waits for what is queued, but for no space to be made. */
  readonly ending: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** What was given up while nothing could be written. */
const MARKS = ["bodiesSince", "detailsSince"] as const;

/**
 * After one commit failed all later ones reject too: the state in memory is ahead of what is on disk, and writing on
 * would tear it. `onFailure` is told once; the channel stops and is opened anew from storage. Only when the disk is full
 * space is made first, and the same group is written again.
 */
export function createCommitQueue(options: CommitQueueOptions): CommitQueue {
  const { storage, channel, space, ending, onFailure } = options;
  const marks = { bodiesSince: options.bodiesSince, detailsSince: options.detailsSince ?? (() => 0) };
  const saved = { bodiesSince: marks.bodiesSince(), detailsSince: marks.detailsSince() };
  let waiting: Waiting[] = [];
  /** The group that is being written too. */
  const backlog = createBacklog();
  let running: Promise<void> | null = null;
  let failure: { readonly error: unknown } | null = null;
  /** Something relaxed was written since the last strict commit, so a barrier has work to do. */
  let unsynced = false;

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    if (failure !== null) throw failure.error;
    const changes = group.flatMap((item) => item.changes);
    const strict = group.some((item) => item.durability === "strict");
    if (changes.length === 0 && !unsynced) return;
    // Later groups wait meanwhile, so none overtakes it.
    await space.write(() => writeNow(changes, strict ? "strict" : "relaxed"), ending);
    unsynced = !strict;
  }

  async function writeNow(changes: readonly Change[], durability: Durability): Promise<void> {
    const besides = MARKS.map((key) => ({ op: "meta", key, value: marks[key]() }) as const).filter(
      ({ key, value }) => value > saved[key],
    );
    await storage.commit(channel, [...besides, ...changes], durability);
    for (const { key, value } of besides) saved[key] = value;
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await writeGroup(group);
        for (const item of group) item.resolve();
      } catch (error) {
        for (const item of group) item.reject(error);
        if (failure === null) {
          failure = { error };
          onFailure(error);
        }
      }
      for (const { bytes } of group) backlog.remove(bytes);
    }
    running = null;
  }

  return {
    commit: (changes, durability) =>
      new Promise((resolve, reject) => {
        const bytes = bodyBytesOf(changes);
        backlog.add(bytes);
        waiting.push({ changes, durability, bytes, resolve, reject });
        running ??= run();
      }),
    isLong: () => !backlog.hasRoomFor(0),
    idle: async () => {
      while (running !== null) await running;
    },
  };
}

/** The rest is small beside bodies. */
function bodyBytesOf(changes: readonly Change[]): number {
  return changes.reduce(
    (sum, change) => (change.op === "put" && change.table === "body" ? sum + change.record.bytes.length : sum),
    0,
  );
}
