import type { Owned } from "../io/owned.ts";
import type { ReceiveAndBelow, ReceiveState } from "./receive-state.ts";

/** For the files of this room only: its slice, to write to. */
export function ownReceive({ receive }: ReceiveAndBelow): Owned<ReceiveState> {
  return receive as Owned<ReceiveState>;
}
