import { describe, expect, it } from "vitest";
import type { EvidenceView, PossibleView } from "../../channel/api/channel-client.ts";
import { asParticipantId } from "../../sds/wire/ids.ts";
import { de } from "../strings/de.ts";
import { en } from "../strings/en.ts";
import { receiverWords } from "./details-panel.tsx";

const participant = asParticipantId("ben");
const possible: PossibleView = { participant, chance: 0.000_76, signed: true, at: 0 };
const listed: EvidenceView = { participant, by: "sync", how: "listed", signed: true, at: 0 };

describe("what the details say of a participant", () => {
  it("is 'probably' only where there is nothing better", () => {
    const words = (evidence: EvidenceView | undefined, received: boolean) =>
      receiverWords({ received, evidence, possible }, en);
    expect(words(undefined, false)).toBe("probably has it, not counted (chance of error 0.076 %)");
    expect(words(listed, true)).toBe("named it in a receipt");
    expect(words({ ...listed, signed: false }, false)).toBe("unsigned claim, not counted");
    expect(words(undefined, true)).toBe("has it");
    expect(receiverWords({ received: false, evidence: undefined, possible: undefined }, en)).toBe("no evidence yet");
  });

  it("says so in German, and of filters that nobody signed", () => {
    const unsigned = { ...possible, signed: false, chance: 1e-12 };
    const only = { received: false, evidence: undefined };
    expect(receiverWords({ ...only, possible: unsigned }, en)).toBe(
      "probably has it, not counted (unsigned, chance of error below 0.01 %)",
    );
    expect(receiverWords({ ...only, possible }, de)).toBe(
      "hat sie wahrscheinlich, zählt nicht (Irrtum möglich zu 0,076 %)",
    );
    expect(receiverWords({ ...only, possible: unsigned }, de)).toBe(
      "hat sie wahrscheinlich, zählt nicht (ohne Signatur, Irrtum möglich zu unter 0,01 %)",
    );
  });
});
