import { describe, expect, it } from "vitest";
import { displayNameOf, profileNameOf } from "./display-name.ts";
import { MAX_DISPLAY_NAME_CHARACTERS } from "./limits.ts";

describe("a name from the network", () => {
  //= protocol: WIRE-19
  it("is as long as names are, counted in characters", () => {
    expect(displayNameOf("\u{1f30a}".repeat(60_000))).toBe("\u{1f30a}".repeat(MAX_DISPLAY_NAME_CHARACTERS));
  });

  //= protocol: WIRE-19
  it("says nothing that hides or reorders what stands around it", () => {
    expect(displayNameOf(" \u202eevil\n\u0000 Ada\u2066 ")).toBe("evil Ada");
    expect(displayNameOf("Zoë Ödegård")).toBe("Zoë Ödegård");
  });

  it("is none when nothing is left of it", () => {
    expect([profileNameOf(null), profileNameOf("\u202e\n"), profileNameOf(" Ada ")]).toEqual([null, null, "Ada"]);
  });
});
