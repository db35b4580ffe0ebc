import type { Owned } from "../io/owned.ts";
import type { RepairAndBelow, RepairState } from "./repair-state.ts";

/** For the files of this room only: its slice, to write to. */
export function ownRepair({ repair }: RepairAndBelow): Owned<RepairState> {
  return repair as Owned<RepairState>;
}
