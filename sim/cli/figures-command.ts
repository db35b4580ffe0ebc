import { busyGroup, idleDay, timeToReceipts } from "../figures/figures.ts";
import { say } from "./output.ts";

/** How fast and how expensive groups of 2 to 50 are. */
export function figures(): void {
  for (const loss of [0, 0.2]) say({ figure: "busy", ...busyGroup(20, loss, 1) });
  for (const participants of [2, 5, 20, 50]) {
    const [runs, perRun] = participants > 20 ? [2, 150] : [6, 20 * participants];
    for (const level of ["any one", "everyone"] as const) {
      const busy = timeToReceipts(participants, 15_000 / participants, runs, perRun, level);
      say({ figure: "receipts, each writes every 15 s", ...busy });
      const calm = timeToReceipts(participants, 300_000, runs, 20, level);
      say({ figure: "receipts, one message every 5 min", ...calm });
    }
  }
  for (const participants of [2, 5, 20, 50]) say({ figure: "idle", ...idleDay(participants, 1) });
}
