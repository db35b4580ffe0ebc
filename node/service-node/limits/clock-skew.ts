import type { WakuMessage } from "../../../src/transport/waku/wire/wire.ts";
import { NANOSECONDS_PER_MILLISECOND } from "./time-units.ts";

/** How far the sender's timestamp is ahead of `now` (milliseconds); negative: behind. 0 for a message without one. */
export function clockSkewMs({ timestamp }: WakuMessage, now = Date.now()): number {
  return timestamp === undefined ? 0 : Number(timestamp / NANOSECONDS_PER_MILLISECOND) - now;
}

/** Words for people, such as "90 s ahead of". */
export function describeSkew(skewMs: number): string {
  return `${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs < 0 ? "behind" : "ahead of"}`;
}
