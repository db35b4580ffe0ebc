import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { encode } from "uqr";

/** Light border that scanners need around the code, in modules. */
const QUIET_ZONE = 4;
/** Side in CSS pixels that is aimed at; whole pixels for each module keep the code sharp. */
const SIDE = 264;

/** A QR code, always dark on light: many scanners cannot read the inverse. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { path, size } = useMemo(() => drawQr(text), [text]);
  const side = size * Math.max(2, Math.floor(SIDE / size));
  return (
    <svg
      class="qr"
      width={side}
      height={side}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path class="qr-modules" d={path} />
    </svg>
  );
}

function drawQr(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: "L", border: QUIET_ZONE });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { path, size };
}
