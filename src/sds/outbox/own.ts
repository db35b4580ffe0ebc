import type { Owned } from "../io/owned.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxAndBelow, OutboxState } from "./outbox-state.ts";
import type { TrafficClass } from "./token-buckets.ts";

interface OwnOutboxState extends Omit<Owned<OutboxState>, "budget"> {
  budget: { tokens: Record<TrafficClass, number>; at: number };
}

/** For the files of this room only: its slice, and its items, to write to. */
export function ownOutbox({ outbox }: OutboxAndBelow): OwnOutboxState {
  return outbox as OwnOutboxState;
}

export function ownItem(item: OutboxEntry): Owned<OutboxEntry> {
  return item;
}
