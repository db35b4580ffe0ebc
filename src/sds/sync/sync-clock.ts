import { isAhead, tickLamport } from "../clock/lamport-clock.ts";
import { ownSync } from "./own.ts";
import type { SyncAndBelow, SyncContext } from "./sync-state.ts";

/**
 * Timestamps of syncs. Written with the sync's own strict commit, so that a crash never makes a later sync look older.
 */
export function nextSyncLamport({ state, env, changes }: SyncContext): number {
  const sync = ownSync(state);
  //= protocol: TIME-3, TIME-5
  sync.lastSyncLamport = tickLamport(sync.lastSyncLamport, env.now);
  changes.push({ op: "meta", key: "lamportReserved", value: sync.lastSyncLamport + 1 });
  return sync.lastSyncLamport;
}

/**
 * Others count syncs from beyond the limit apart, so a lower timestamp is newer to them than any that they acted on. Not
 * if the clock crept ahead: what was said just within the limit makes them ignore us until time catches up with it, ten
 * minutes at most; to stay beyond the limit would be no better.
 */
export function resetSyncClock({ state, env, changes }: SyncContext): void {
  const sync = ownSync(state);
  if (!isAhead(sync.lastSyncLamport, env.now)) return;
  //= protocol: TIME-8
  sync.lastSyncLamport = Math.floor(env.now);
  changes.push({ op: "meta", key: "lamportReserved", value: sync.lastSyncLamport + 1 });
}

/** When the channel is restored. */
export function restoreSyncLamport(state: SyncAndBelow, reserved: number): void {
  ownSync(state).lastSyncLamport = Math.max(0, reserved - 1);
}
