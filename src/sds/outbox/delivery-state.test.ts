import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutboxStage } from "../io/records.ts";
import { type DeliveryState, deliveryStateOf, nextStage, type OutboxEvent, reachesLevel } from "./delivery-state.ts";
import type { Level } from "./level.ts";

const STAGES: OutboxStage[] = ["queued", "sending", "sent", "stored", "unconfirmed", "failed", "stopped", "settled"];
const EVENTS: OutboxEvent[] = [
  "attempt",
  "taken",
  "refused",
  "refused-for-good",
  "stored",
  "evidence",
  "silence",
  "stop",
];
const SENT = { stage: "sent", attempts: 1, reason: "", limited: false } as const;

function headline(received: number[], audience: number[], level: Level = "any"): DeliveryState {
  return deliveryStateOf({ received: new Set(received), audience, level }, SENT);
}

describe("the headline", () => {
  it("says how far it got while nobody confirmed", () => {
    const base = { received: new Set<number>(), audience: [1, 2], level: "any" } as const;
    expect(deliveryStateOf(base, { ...SENT, stage: "queued" })).toEqual({ kind: "queued" });
    expect(deliveryStateOf(base, { ...SENT, stage: "queued", limited: true })).toEqual({ kind: "waiting" });
    expect(deliveryStateOf(base, { ...SENT, stage: "sending", attempts: 3 })).toEqual({ kind: "sending", attempt: 3 });
    expect(deliveryStateOf(base, { ...SENT, stage: "failed", reason: "why" })).toEqual({
      kind: "failed",
      reason: "why",
    });
  });

  //= protocol: LEVEL-1
  it("counts the audience as it was when the message was sent", () => {
    expect(headline([1], [1, 2])).toEqual({ kind: "received", k: 1, n: 2 });
    expect(headline([1, 2], [1, 2])).toEqual({ kind: "everyone", n: 2 });
    expect(headline([1, 2, 7], [1, 2])).toEqual({ kind: "everyone", n: 2 });
    expect(headline([1, 7], [1, 2])).toEqual({ kind: "received", k: 1, n: 2 });
  });

  //= protocol: LEVEL-2
  it("never calls an unobserved audience everyone", () => {
    expect(headline([], [])).toEqual({ kind: "sent" });
    expect(headline([4, 5], [])).toEqual({ kind: "received", k: 2, n: null });
    expect(headline([7], [1, 2])).toEqual({ kind: "received", k: 1, n: null });
  });

  //= protocol: LEVEL-2
  it("confirms an announcement at its share, rounded up", () => {
    expect(headline([1, 2, 3], [1, 2, 3, 4, 5], 80)).toEqual({ kind: "received", k: 3, n: 5 });
    expect(headline([1, 2, 3, 4], [1, 2, 3, 4, 5], 80)).toEqual({ kind: "level", percent: 80, k: 4, n: 5 });
    expect(headline([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 80)).toEqual({ kind: "everyone", n: 5 });
    expect(reachesLevel(0, 0, 80)).toBe(false);
  });

  it("says received before anything that was planned, also of a message that was stopped or had failed", () => {
    for (const stage of STAGES) {
      const state = deliveryStateOf({ received: new Set([1]), audience: [1], level: "any" }, { ...SENT, stage });
      expect(state).toEqual({ kind: "everyone", n: 1 });
    }
  });
});

describe("the life of an own message", () => {
  //= protocol: SEND-7
  it("is never sent without a push that was taken, and never comes back from evidence", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), (events) => {
        let stage: OutboxStage = "queued";
        let [taken, stored, confirmed] = [false, false, false];
        for (const event of events) {
          const before = stage;
          stage = nextStage(stage, event);
          if (event === "taken" && before === "sending") taken = true;
          stored ||= event === "stored";
          confirmed ||= event === "evidence";
          if (stage === "sent") expect(taken).toBe(true);
          if (stage === "stored") expect(stored).toBe(true);
          if (confirmed) expect(stage).toBe("settled");
        }
      }),
    );
  });

  it("does not regress by a resend, a refusal or silence", () => {
    for (const event of ["attempt", "taken", "refused"] as const) {
      for (const stage of ["sent", "stored", "unconfirmed", "settled"] as const) {
        expect(nextStage(stage, event)).toBe(stage);
      }
    }
    expect(nextStage("stored", "silence")).toBe("stored");
  });
});
