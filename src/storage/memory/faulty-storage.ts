import type { Change, Durability } from "../../sds/io/records.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import { type ChannelStorage, StorageError, type StorageErrorCode } from "../port.ts";
import type { MemoryDisk } from "./memory-disk.ts";

/** What goes wrong and when. Writes (`commit`, `putDevice`, `drop`) are counted from 1 in call order. */
export interface FaultPlan {
  /** These writes reject with `code` and write nothing. */
  readonly fail?: { readonly writes: readonly number[]; readonly code: StorageErrorCode };
  /** The process dies around this write. */
  readonly crash?: CrashPlan;
}

export interface CrashPlan {
  readonly write: number;
  /** "before": the write never happened. "after": it happened, but the caller never learnt of it. */
  readonly moment: "before" | "after";
  /** The disk under the inner storage: it loses its unsynced tail but for the first `keep` commits of each channel. */
  readonly disk: Pick<MemoryDisk, "crash">;
  readonly keep?: number;
  /** Called at the instant of the crash: cut the transport and the clock of the dead process here. */
  readonly onCrash?: () => void;
}

export interface FaultyStorage extends ChannelStorage {
  /** Writes seen so far: run a scenario once without faults to learn how many crash points it has. */
  readonly writes: number;
  /** Resolves when the planned crash has happened. */
  readonly crashed: Promise<void>;
}

/**
 * `inner` with faults, for crash tests. After a crash no call ever settles, since a dead process runs no more code;
 * build a new instance on the same disk to restart.
 */
export function createFaultyStorage(inner: ChannelStorage, plan: FaultPlan): FaultyStorage {
  let writes = 0;
  let dead = false;
  let announceCrash: () => void = () => undefined;
  const crashed = new Promise<void>((resolve) => {
    announceCrash = resolve;
  });

  const die = (crash: CrashPlan): Promise<never> => {
    dead = true;
    crash.disk.crash(crash.keep);
    crash.onCrash?.();
    announceCrash();
    return never();
  };

  const alive = async <T>(call: () => Promise<T>): Promise<T> => {
    if (dead) return never();
    const result = await call();
    return dead ? never() : result;
  };

  const write = async (perform: () => Promise<void>): Promise<void> => {
    if (dead) return never();
    const number = ++writes;
    const { fail, crash } = plan;
    if (crash?.write === number && crash.moment === "before") return die(crash);
    if (fail?.writes.includes(number)) throw new StorageError(fail.code, `Planned fault in write ${number}.`);
    const done = perform();
    if (crash?.write !== number) return alive(() => done);
    // Dead from here: what is called while the last write lands must not reach the disk any more.
    dead = true;
    await done;
    return die(crash);
  };

  return {
    get writes() {
      return writes;
    },
    crashed,
    commit: (channel: ChannelId, changes: readonly Change[], durability: Durability) =>
      write(() => inner.commit(channel, changes, durability)),
    putDevice: (record) => write(() => inner.putDevice(record)),
    drop: (channel) => write(() => inner.drop(channel)),
    load: (channel) => alive(() => inner.load(channel)),
    read: (channel, begin) => alive(() => inner.read(channel, begin)),
    readBodies: (channel, ids) => alive(() => inner.readBodies(channel, ids)),
    readLedger: (channel, afterSeq, limit) => alive(() => inner.readLedger(channel, afterSeq, limit)),
    readLedgerOf: (channel, id) => alive(() => inner.readLedgerOf(channel, id)),
    readSummaries: (channel, lamports) => alive(() => inner.readSummaries(channel, lamports)),
    firstSummary: (channel) => alive(() => inner.firstSummary(channel)),
    readDays: (channel, fromDay) => alive(() => inner.readDays(channel, fromDay)),
    listDevice: () => alive(() => inner.listDevice()),
    close: () => alive(() => inner.close()),
  };
}

const never = (): Promise<never> => new Promise<never>(() => undefined);
