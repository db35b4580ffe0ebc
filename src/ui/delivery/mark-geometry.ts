import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";

/** The mark is drawn on a square of this side; logo, favicon and delivery mark share every path below. */
export const MARK_SIZE = 20;
const CENTRE = MARK_SIZE / 2;
export const RING_RADIUS = 8.75;
/** More arcs than this cannot be told apart at 16 pixels; larger audiences fill them in proportion. */
export const MAX_ARCS = 12;
/** Arcs of a ring whose audience nobody knows. */
export const UNKNOWN_AUDIENCE_ARCS = 8;

/** One tick for small marks, two from 20 pixels on. */
export const SINGLE_TICK = "M6.3 10.4 8.9 13 13.9 7.2";
export const DOUBLE_TICK: readonly [string, string] = ["M4.6 10.5 7 12.9 11.6 7.5", "M9.7 12.6 10 12.9 15.4 7.1"];

const round = (value: number): number => Math.round(value * 100) / 100;

function pointAt(turn: number): string {
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  return `${round(CENTRE + RING_RADIUS * Math.cos(angle))} ${round(CENTRE + RING_RADIUS * Math.sin(angle))}`;
}

/** Paths of `count` equal arcs, clockwise from the top, with a gap that stays visible however many there are. */
export function ringArcs(count: number): readonly string[] {
  const gap = Math.min(0.05, 0.24 / count);
  return Array.from({ length: count }, (_, index) => {
    const from = index / count + gap / 2;
    const to = (index + 1) / count - gap / 2;
    const large = to - from > 0.5 ? 1 : 0;
    return `M${pointAt(from)}A${RING_RADIUS} ${RING_RADIUS} 0 ${large} 1 ${pointAt(to)}`;
  });
}

export interface RingFill {
  readonly arcs: number;
  readonly filled: number;
}

/** How many arcs the ring has and how many are filled: full only when everybody has it, empty only when nobody has. */
export function ringFill(k: number, n: number | null): RingFill {
  if (n === null || n < 1) return { arcs: UNKNOWN_AUDIENCE_ARCS, filled: Math.min(k, UNKNOWN_AUDIENCE_ARCS - 1) };
  const arcs = Math.min(n, MAX_ARCS);
  if (k >= n) return { arcs, filled: arcs };
  if (k < 1) return { arcs, filled: 0 };
  return { arcs, filled: Math.min(arcs - 1, Math.max(1, Math.floor((k * arcs) / n))) };
}

export type MarkGlyph =
  | "none"
  | "up"
  | "pause"
  | "tick"
  | "shelf"
  | "ticks"
  | "question"
  | "exclamation"
  | "square"
  | "clock";

export interface MarkDrawing {
  /** Dashed: it has not left this device. */
  readonly ring: "dashed" | RingFill;
  readonly glyph: MarkGlyph;
}

/** Which shape stands for a state. Every state that needs telling apart differs in shape, not in colour only. */
export function markDrawing(state: DeliveryState, audience: number): MarkDrawing {
  const unfilled = ringFill(0, audience);
  switch (state.kind) {
    case "queued":
      return { ring: "dashed", glyph: "none" };
    case "waiting":
      return { ring: "dashed", glyph: "pause" };
    case "sending":
      return { ring: "dashed", glyph: "up" };
    case "sent":
      return { ring: unfilled, glyph: "tick" };
    case "stored":
    case "owner":
      return { ring: unfilled, glyph: "shelf" };
    case "received":
      return { ring: ringFill(state.k, state.n), glyph: "ticks" };
    case "level":
      return { ring: ringFill(state.k, state.n), glyph: "ticks" };
    case "everyone":
      return { ring: ringFill(state.n, state.n), glyph: "ticks" };
    case "unconfirmed":
      return { ring: unfilled, glyph: "question" };
    case "failed":
      return { ring: "dashed", glyph: "exclamation" };
    case "stopped":
      return { ring: unfilled, glyph: "square" };
    case "ahead":
      return { ring: unfilled, glyph: "clock" };
  }
}

/** The logo as a stand-alone SVG file, in the colours of the theme; it follows the viewer's light or dark setting. */
export function logoSvg(): string {
  const arcs = ringArcs(UNKNOWN_AUDIENCE_ARCS).join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${MARK_SIZE} ${MARK_SIZE}" fill="none" stroke-width="1.9">`,
    "<title>Hearback</title>",
    "<style>.r{stroke:#0b7577}.t{stroke:#14213d}@media (prefers-color-scheme:dark){.r{stroke:#4fd1c5}.t{stroke:#e8ecf3}}</style>",
    `<path class="r" d="${arcs}"/>`,
    `<path class="t" stroke-linecap="round" stroke-linejoin="round" d="${SINGLE_TICK}"/>`,
    "</svg>",
    "",
  ].join("\n");
}
