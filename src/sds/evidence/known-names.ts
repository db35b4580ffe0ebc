import type { LogEntry } from "../log/log-entry.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import type { EvidenceAndBelow } from "./evidence-state.ts";

/** So many others who said that they have it are enough for it to be repaired, and for its author to know that it is out. */
const ENOUGH_OTHERS = 3;

/**
 * Whether it is a name that enough others said they have. Everybody says one, and nobody builds on it before somebody
 * writes: fifty people who join at once make fifty heads, and if each of them named all of these in each sync, that would be
 * most of what they say.
 */
export function isKnownName({ participants }: EvidenceAndBelow, entry: LogEntry): boolean {
  if (entry.type !== MESSAGE_TYPE.profile || !entry.signed) return false;
  let others = 0;
  //= protocol: SYNC-11
  for (const participant of participants.all) {
    if (participant.index === 0 || participant === entry.author || !participant.credits.has(entry.number)) continue;
    if (++others === ENOUGH_OTHERS) return true;
  }
  return false;
}
