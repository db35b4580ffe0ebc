import { describe, expect, it } from "vitest";
import type { ParticipantView } from "../../channel/api/channel-client.ts";
import { asParticipantId } from "../../sds/wire/ids.ts";
import { en } from "../strings/en.ts";
import { letterOf, personColour, personLetter, personName } from "./people.ts";

const person = (name: string, index: number): ParticipantView => ({
  id: asParticipantId("s1x"),
  me: false,
  name,
  index,
  heardAt: 0,
  present: true,
  signed: true,
  equivocations: 0,
  gaps: 0,
});

describe("people", () => {
  it("gives the first eight their own colours and goes round", () => {
    const colours = Array.from({ length: 9 }, (_, index) => personColour(index));
    expect(new Set(colours.slice(0, 8)).size).toBe(8);
    expect(colours[8]).toBe(colours[0]);
  });

  it("counts letters past Z", () => {
    expect([0, 25, 26, 27, 701, 702].map(letterOf)).toEqual(["A", "Z", "AA", "AB", "ZZ", "AAA"]);
  });

  it("names those who have no name by their letter", () => {
    expect(personName(person("  ", 2), en.people)).toBe("Participant C");
    expect(personLetter(person("", 2))).toBe("C");
  });

  it("takes whole characters as people see them", () => {
    expect(personLetter(person("ada", 0))).toBe("A");
    expect(personLetter(person("👩‍🚀 Sally", 0))).toBe("👩‍🚀");
    expect(personLetter(person("e\u0301mile", 0))).toBe("E\u0301");
  });
});
