import type { ClockAndBelow, ClockContext } from "./clock-state.ts";
import { ownClock } from "./own.ts";

/** A person says by how much the device's clock is wrong. Returns by how much the corrected clock moved. */
export function noteCorrection(ctx: ClockContext, correctionMs: number): number {
  //= protocol: WALL-1
  const own = ownClock(ctx.state);
  const byMs = correctionMs - own.correctionMs;
  own.correctionMs = correctionMs;
  ctx.changes.push({ op: "meta", key: "clockCorrectionMs", value: correctionMs });
  ctx.durability = "strict";
  return byMs;
}

/** When the channel is restored. */
export function restoreCorrection(state: ClockAndBelow, correctionMs: number): void {
  ownClock(state).correctionMs = correctionMs;
}
