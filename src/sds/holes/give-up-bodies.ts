import type { LogEntry } from "../log/log-entry.ts";
import { isUnconfirmed } from "../outbox/outbox-stage.ts";
import type { HolesAndBelow } from "./holes-state.ts";
import { ownHoles } from "./own.ts";

/** Never given up: what pages show first (ten pages of 100), and what those who come back ask for. */
export const NEWEST_BODIES = 1_000;

export interface BatchLimits {
  readonly count: number;
  readonly bytes: number;
}

/**
 * The oldest messages whose bytes may go when the disk is full, behind those that were given up before. They keep their
 * place, id and edges: "received" stays true. Besides `step` the only one that changes the state: how far it got.
 */
export function giveUpBodies(state: HolesAndBelow, { count, bytes }: BatchLimits): LogEntry[] {
  const { order: log } = state.log;
  const keepFrom = log.at(log.size - NEWEST_BODIES)?.lamport ?? 0;
  const chosen: LogEntry[] = [];
  let size = 0;
  for (const entry of log.from({ lamport: state.holes.bodiesSince, id: "" })) {
    if (entry.lamport >= keepFrom) break;
    // How far it got is told by a Lamport timestamp, so those that share one go together.
    if ((chosen.length >= count || size >= bytes) && entry.lamport >= state.holes.bodiesSince) break;
    ownHoles(state).bodiesSince = entry.lamport + 1;
    //= protocol: STATE-4
    if (mustStay(state, entry)) continue;
    chosen.push(entry);
    size += entry.size;
  }
  return chosen;
}

/** Its bytes are no longer here, as far as this is known: what came late, below those that went, may still be. */
export function isBodyGivenUp(state: HolesAndBelow, entry: LogEntry): boolean {
  return entry.lamport < state.holes.bodiesSince && !mustStay(state, entry);
}

/** Words that may be nowhere else, and what others are still to be told of. */
function mustStay(state: HolesAndBelow, entry: LogEntry): boolean {
  return entry.removed || state.log.heads.has(entry) || isUnconfirmed(state, entry);
}

/** When the channel is restored. */
export function restoreBodiesSince(state: HolesAndBelow, bodiesSince: number): void {
  ownHoles(state).bodiesSince = bodiesSince;
}
