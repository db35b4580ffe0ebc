import type { ParticipantsAndBelow } from "./participants-state.ts";
import { presentParticipants } from "./presence.ts";

/** The ack window is meant for groups of this size; it grows in proportion beyond. */
const ACK_WINDOW_GROUP = 8;

/** W, in milliseconds: grows with the group, so that a large one does not answer each message with a storm of syncs. */
export function ackWindow(state: ParticipantsAndBelow, now: number): number {
  //= protocol: SYNC-7
  const { ackWindowMs, ackWindowMaxMs } = state.identity.parameters;
  const group = presentParticipants(state, now).length;
  return Math.min(ackWindowMaxMs, ackWindowMs * Math.max(1, group / ACK_WINDOW_GROUP));
}

/** As long as an answer may take (`repairAnswerMaxMs`): asked later, the group would wait for nothing. */
const LONGEST_PAUSE_MS = 20_000;

/**
 * How soon the others may be asked again for what did not come: half a window in large groups, where the syncs of all who
 * ask add up, and never sooner than the window of a small one, which is the way there and back over the slowest links.
 */
export function askAgainPause(state: ParticipantsAndBelow, now: number): number {
  //= protocol: REPAIR-1, REPAIR-3
  return Math.min(LONGEST_PAUSE_MS, Math.max(state.identity.parameters.ackWindowMs, ackWindow(state, now) / 2));
}
