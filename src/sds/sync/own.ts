import type { TrickleState } from "../clock/trickle.ts";
import type { Owned } from "../io/owned.ts";
import type { SyncAndBelow, SyncState } from "./sync-state.ts";

interface OwnSyncState extends Omit<Owned<SyncState>, "trickle"> {
  trickle: TrickleState | null;
}

/** For the files of this room only: its slice, to write to. */
export function ownSync({ sync }: SyncAndBelow): OwnSyncState {
  return sync as OwnSyncState;
}

/** Signers are counted per interval: a new one begins with nobody. */
export function inInterval<T>(state: SyncAndBelow, trickle: TrickleState, change: () => T): T {
  const intervalEnd = trickle.intervalEnd;
  const result = change();
  if (trickle.intervalEnd !== intervalEnd) ownSync(state).consistentSigners.clear();
  return result;
}
