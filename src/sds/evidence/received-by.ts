import type { ChannelState } from "../channel-state.ts";
import type { LogEntry } from "../log/log-entry.ts";

/** Participants with exact, signed evidence of an entry, the author not among them. */
export function receivedBy(state: ChannelState, entry: LogEntry): Set<number> {
  const received = new Set<number>();
  for (const participant of state.participants) {
    if (participant === entry.author || participant.publicKey === null) continue;
    if (participant.credits.has(entry.number)) received.add(participant.index);
  }
  return received;
}
