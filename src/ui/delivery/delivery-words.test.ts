import { describe, expect, it } from "vitest";
import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import { de } from "../strings/de.ts";
import { en } from "../strings/en.ts";
import { deliveryTone, deliveryWords } from "./delivery-words.ts";

const TABLE: readonly (readonly [DeliveryState, string, string])[] = [
  [{ kind: "queued" }, "Waiting to send", "Wartet auf das Senden"],
  [{ kind: "waiting" }, "Waiting for the network's rate limit", "Wartet auf das Sendelimit des Netzes"],
  [{ kind: "sending", attempt: 1 }, "Sending", "Wird gesendet"],
  [{ kind: "sending", attempt: 3 }, "Sending, attempt 3", "Wird gesendet, 3. Versuch"],
  [{ kind: "sent" }, "Sent to the network", "Ans Netz gesendet"],
  [{ kind: "stored" }, "Kept, a service node says", "Aufbewahrt, sagt ein Dienstknoten"],
  [{ kind: "owner" }, "Kept by the owner", "Vom Eigentümer aufbewahrt"],
  [{ kind: "received", k: 2, n: 5 }, "Received by 2 of 5", "Empfangen von 2 von 5"],
  [{ kind: "received", k: 2, n: null }, "Received by 2", "Empfangen von 2"],
  [{ kind: "level", percent: 80, k: 8, n: 10 }, "Confirmed by 80 % (8 of 10)", "Bestätigt von 80 % (8 von 10)"],
  [{ kind: "everyone", n: 1200 }, "Received by all 1,200", "Empfangen von allen 1.200"],
  [{ kind: "unconfirmed" }, "Sent, no confirmation yet", "Gesendet, noch keine Bestätigung"],
  [{ kind: "failed", reason: "too large" }, "Not sent - too large", "Nicht gesendet - too large"],
  [{ kind: "failed", reason: "" }, "Not sent", "Nicht gesendet"],
  [{ kind: "stopped" }, "You stopped sending it", "Du hast das Senden beendet"],
];

describe("deliveryWords", () => {
  it.each(TABLE)("%o in English and German", (state, english, german) => {
    expect(deliveryWords(state, en.delivery)).toBe(english);
    expect(deliveryWords(state, de.delivery)).toBe(german);
  });

  it("never calls a receipt read, and only a receipt received", () => {
    for (const [state, english] of TABLE) {
      expect(english).not.toMatch(/\bread\b|\bseen\b|delivered/i);
      const saysReceived = /received|confirmed by/i.test(english);
      expect(saysReceived).toBe(["received", "level", "everyone"].includes(state.kind));
    }
  });

  it("shows only receipts in the tone of success", () => {
    const good = TABLE.filter(([state]) => deliveryTone(state) === "good").map(([state]) => state.kind);
    expect(new Set(good)).toEqual(new Set(["received", "level", "everyone"]));
  });
});
