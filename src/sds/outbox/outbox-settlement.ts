import { ledger } from "../io/step-context.ts";
import type { LogEntry } from "../log/log-entry.ts";
import type { Participant } from "../participants/participant.ts";
import { reachesLevel } from "./delivery-state.ts";
import { levelOf } from "./level.ts";
import { moveStage } from "./outbox-stage.ts";
import type { OutboxContext } from "./outbox-state.ts";

/** A participant has an own message: it is not sent again by itself. Tells when the level it needs is reached. */
export function settleOutbox(
  ctx: OutboxContext,
  entry: LogEntry,
  confirmedBy: Participant,
  received: ReadonlySet<number>,
): void {
  const item = ctx.state.outbox.items.get(entry.id);
  if (item === undefined) return;
  if (item.stage !== "settled") moveStage(ctx, item, "evidence");
  const percent = levelOf(item, ctx.state.identity.parameters);
  if (typeof percent === "string" || !entry.audience.includes(confirmedBy.index)) return;
  const confirmed = entry.audience.filter((index) => received.has(index)).length;
  const reached = reachesLevel(confirmed, entry.audience.length, percent);
  // Each participant is credited once, so the level is an event only when this one's word reached it.
  const before = reachesLevel(confirmed - 1, entry.audience.length, percent);
  if (reached && !before) ledger(ctx, [entry.id], { kind: "level", percent });
}
