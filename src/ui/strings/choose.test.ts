import { describe, expect, it } from "vitest";
import { chooseStrings } from "./choose.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";

describe("chooseStrings", () => {
  it("takes the first language that we speak", () => {
    expect(chooseStrings(["de-AT", "en"])).toBe(de);
    expect(chooseStrings(["fr", "EN-gb", "de"])).toBe(en);
  });

  it("speaks English to everybody else", () => {
    expect(chooseStrings(["fr", "ja"])).toBe(en);
    expect(chooseStrings([])).toBe(en);
    // Slavey begins with the same letters.
    expect(chooseStrings(["den"])).toBe(en);
  });
});

/** Every plain text of a language by its path. */
function texts(value: object, path = ""): [string, string][] {
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    if (typeof item === "string") return [[`${path}.${key}`, item]];
    return typeof item === "object" ? texts(item, `${path}.${key}`) : [];
  });
}

describe("German", () => {
  it("leaves no sentence in English", () => {
    const english = new Map(texts(en));
    const same = texts(de).filter(([path, text]) => english.get(path) === text);
    const words = same.map(([, text]) => text);
    // Names and words that both languages share.
    expect(words.sort()).toEqual(["Chat", "Code", "Hearback", "Link", "Offline"]);
  });
});
