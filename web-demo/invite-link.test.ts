import { describe, expect, it } from "vitest";
import { inviteOfFragment } from "./invite-link.ts";

describe("inviteOfFragment", () => {
  it("knows the join route and nothing else", () => {
    expect(inviteOfFragment("#/join/abc")).toBe("#/join/abc");
    expect(inviteOfFragment("#/join/")).toBe("#/join/");
    for (const other of ["", "#", "#/", "#/joined", "#join/abc"]) expect(inviteOfFragment(other)).toBeNull();
  });
});
