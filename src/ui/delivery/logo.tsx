import type { JSX } from "preact";
import { DOUBLE_TICK, MARK_SIZE, ringArcs, SINGLE_TICK, UNKNOWN_AUDIENCE_ARCS } from "./mark-geometry.ts";

/** The logo is the delivery mark with every arc filled. Decorative: the name stands beside it. */
export function Logo({ size }: { readonly size: number }): JSX.Element {
  return (
    <svg class="logo" width={size} height={size} viewBox={`0 0 ${MARK_SIZE} ${MARK_SIZE}`} aria-hidden="true">
      <path class="logo-ring" d={ringArcs(UNKNOWN_AUDIENCE_ARCS).join("")} />
      <path class="logo-ticks" d={size < 20 ? SINGLE_TICK : DOUBLE_TICK.join("")} />
    </svg>
  );
}
