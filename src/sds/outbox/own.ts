import type { Owned } from "../io/owned.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxAndBelow, OutboxState } from "./outbox-state.ts";

/** For the files of this room only: its slice, and its items, to write to. */
export function ownOutbox({ outbox }: OutboxAndBelow): Owned<OutboxState> {
  return outbox as Owned<OutboxState>;
}

export function ownItem(item: OutboxEntry): Owned<OutboxEntry> {
  return item;
}
