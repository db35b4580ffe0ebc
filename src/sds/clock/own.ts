import type { Owned } from "../io/owned.ts";
import type { ClockAndBelow, ClockState, Connection } from "./clock-state.ts";

/** For the files of this room only: its slice, to write to. */
export function ownClock({ clock }: ClockAndBelow): Owned<ClockState> {
  return clock;
}

export function ownConnection({ clock }: ClockAndBelow): Owned<Connection> {
  return clock.connection;
}
