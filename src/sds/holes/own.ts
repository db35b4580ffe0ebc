import type { Owned } from "../io/owned.ts";
import type { LogEntry } from "../log/log-entry.ts";
import type { AskingQueues, HolesAndBelow, HolesState } from "./holes-state.ts";
import type { MissingMessage } from "./missing-message.ts";

interface OwnHolesState extends Omit<Owned<HolesState>, "queues"> {
  readonly queues: AskingQueues;
}

interface OwnMissing extends Omit<Owned<MissingMessage>, "children"> {
  children: LogEntry[];
}

/** For the files of this room only: its slice, and what is missing, to write to. */
export function ownHoles({ holes }: HolesAndBelow): OwnHolesState {
  return holes as OwnHolesState;
}

export function ownMissing(missing: MissingMessage): OwnMissing {
  return missing as OwnMissing;
}
