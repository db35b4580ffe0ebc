import fc from "fast-check";
import { describe, expect, it } from "vitest";
import favicon from "../../../web-demo/public/favicon.svg?raw";
import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import { logoSvg, MAX_ARCS, markDrawing, ringArcs, ringFill } from "./mark-geometry.ts";

describe("ringFill", () => {
  it("is full exactly when everybody has it and empty exactly when nobody has", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (n, some) => {
        const k = Math.min(some, n);
        const { arcs, filled } = ringFill(k, n);
        expect(arcs).toBe(Math.min(n, MAX_ARCS));
        expect(filled === arcs).toBe(k === n);
        // One arc cannot show a part; with n = 1 there is none.
        expect(filled === 0).toBe(k === 0);
      }),
    );
  });

  it("never takes back an arc as receipts arrive", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (n) => {
        let before = 0;
        for (let k = 0; k <= n; k += 1) {
          const { filled } = ringFill(k, n);
          expect(filled).toBeGreaterThanOrEqual(before);
          before = filled;
        }
      }),
    );
  });

  it("never looks complete for an audience that nobody knows", () => {
    for (const k of [1, 7, 8, 100]) {
      const { arcs, filled } = ringFill(k, null);
      expect(filled).toBeLessThan(arcs);
    }
  });
});

describe("ringArcs", () => {
  it("leaves a gap between any number of arcs", () => {
    for (let count = 1; count <= MAX_ARCS; count += 1) {
      const arcs = ringArcs(count);
      expect(arcs).toHaveLength(count);
      const ends = arcs.map((path) =>
        path
          .match(/-?[\d.]+/g)
          ?.slice(-2)
          .map(Number),
      );
      const starts = arcs.map((path) =>
        path
          .match(/-?[\d.]+/g)
          ?.slice(0, 2)
          .map(Number),
      );
      for (let index = 0; index < count; index += 1) {
        const [x1 = 0, y1 = 0] = ends[index] ?? [];
        const [x2 = 0, y2 = 0] = starts[(index + 1) % count] ?? [];
        // At 16 pixels one unit is 0.8 pixels.
        expect(Math.hypot(x2 - x1, y2 - y1)).toBeGreaterThan(1);
      }
    }
  });
});

describe("markDrawing", () => {
  const STATES: readonly DeliveryState[] = [
    { kind: "queued" },
    { kind: "waiting" },
    { kind: "sending", attempt: 1 },
    { kind: "sent" },
    { kind: "received", k: 1, n: 3 },
    { kind: "everyone", n: 3 },
    { kind: "unconfirmed" },
    { kind: "failed", reason: "" },
    { kind: "stopped" },
  ];

  it("tells states apart by shape alone", () => {
    const shapes = STATES.map((state) => JSON.stringify(markDrawing(state, 3)));
    expect(new Set(shapes).size).toBe(STATES.length);
  });

  it("draws a dashed ring for everything that has not left this device", () => {
    const dashed = STATES.filter((state) => markDrawing(state, 3).ring === "dashed").map(({ kind }) => kind);
    expect(dashed).toEqual(["queued", "waiting", "sending", "failed"]);
  });
});

describe("logoSvg", () => {
  it("is what the demo serves as its icon", () => {
    expect(favicon).toBe(logoSvg());
  });
});
