import type { LogEntry } from "../log/log-entry.ts";
import type { EvidenceAndBelow } from "./evidence-state.ts";

/** Participants with exact, signed evidence of an entry, the author not among them. */
export function receivedBy(state: EvidenceAndBelow, entry: LogEntry): Set<number> {
  const received = new Set<number>();
  for (const participant of state.participants.all) {
    //= protocol: CLAIM-7
    if (participant === entry.author || participant.publicKey === null) continue;
    if (participant.credits.has(entry.number)) received.add(participant.index);
  }
  return received;
}
