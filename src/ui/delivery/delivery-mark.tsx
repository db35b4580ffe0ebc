import type { JSX } from "preact";
import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import { useStrings } from "../strings/strings-context.ts";
import { deliveryTone, deliveryWords } from "./delivery-words.ts";
import {
  DOUBLE_TICK,
  MARK_SIZE,
  type MarkDrawing,
  type MarkGlyph,
  markDrawing,
  RING_RADIUS,
  ringArcs,
  SINGLE_TICK,
} from "./mark-geometry.ts";

export interface DeliveryMarkProps {
  readonly state: DeliveryState;
  /** Size of the audience: how many arcs an unfilled ring has. */
  readonly audience: number;
  /** Side in CSS pixels. */
  readonly size?: number;
  /** Compact: the words are there for screen readers and as a tooltip only. */
  readonly compact?: boolean;
}

/** The delivery of one message as shape and words; the words are its accessible name in either form. */
export function DeliveryMark({ state, audience, size = 20, compact = false }: DeliveryMarkProps): JSX.Element {
  const words = deliveryWords(state, useStrings().delivery);
  return (
    <span
      class="delivery"
      data-delivery={state.kind}
      data-tone={deliveryTone(state)}
      title={compact ? words : undefined}
    >
      <MarkImage drawing={markDrawing(state, audience)} size={size} />
      <span class={compact ? "visually-hidden" : "delivery-words"}>{words}</span>
    </span>
  );
}

function MarkImage({ drawing, size }: { readonly drawing: MarkDrawing; readonly size: number }): JSX.Element {
  return (
    <svg class="mark" width={size} height={size} viewBox={`0 0 ${MARK_SIZE} ${MARK_SIZE}`} aria-hidden="true">
      <Ring ring={drawing.ring} />
      <Glyph glyph={drawing.glyph} small={size < 20} />
    </svg>
  );
}

function Ring({ ring }: { readonly ring: MarkDrawing["ring"] }): JSX.Element {
  if (ring === "dashed") {
    return <circle class="mark-dashed" cx={MARK_SIZE / 2} cy={MARK_SIZE / 2} r={RING_RADIUS} pathLength={48} />;
  }
  return (
    <>
      {ringArcs(ring.arcs).map((path, index) => (
        <g key={index}>
          <path class="mark-arc" d={path} />
          {/* pathLength 1 lets one style rule fill an arc of any length. */}
          <path class={index < ring.filled ? "mark-fill mark-filled" : "mark-fill"} d={path} pathLength={1} />
        </g>
      ))}
    </>
  );
}

function Glyph({ glyph, small }: { readonly glyph: MarkGlyph; readonly small: boolean }): JSX.Element | null {
  switch (glyph) {
    case "none":
      return null;
    case "up":
      return <path class="mark-glyph" d="M10 13.6V6.6M7 9.4 10 6.4 13 9.4" />;
    case "pause":
      return <path class="mark-glyph" d="M8 7V13M12 7V13" />;
    case "tick":
      return <path class="mark-glyph" d={SINGLE_TICK} />;
    case "shelf":
      return <path class="mark-glyph" d="M6.8 9 9.1 11.3 13.4 6.3M6.5 14H13.5" />;
    case "ticks":
      return <path class="mark-glyph" d={small ? SINGLE_TICK : DOUBLE_TICK.join("")} />;
    case "question":
      return <path class="mark-glyph" d="M7.8 8A2.3 2.3 0 1 1 10 10.3V11.4M10 13.9V14" />;
    case "exclamation":
      return <path class="mark-glyph" d="M10 5.8V10.8M10 13.9V14" />;
    case "clock":
      return <path class="mark-glyph" d="M10 6V10.4L12.8 12" />;
    case "square":
      return <path class="mark-glyph mark-solid" d="M7.5 7.5H12.5V12.5H7.5Z" />;
  }
}
