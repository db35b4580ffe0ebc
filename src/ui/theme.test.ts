import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const theme = readFileSync(new URL("theme.css", import.meta.url), "utf8");

type Palette = ReadonlyMap<string, string>;

const AA_TEXT = 4.5;
const AA_SHAPE = 3;

/** The custom properties that are plain hex colours, of the light theme and of the dark one on top of it. */
function palettes(): { light: Palette; dark: Palette } {
  const [light = "", rest = ""] = theme.split("@media (prefers-color-scheme: dark)");
  const dark = rest.split("@media")[0] ?? "";
  return { light: colours(light), dark: new Map([...colours(light), ...colours(dark)]) };
}

function colours(css: string): Palette {
  return new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

/** WCAG 2: relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(palette: Palette, one: string, other: string): number {
  const [a = 0, b = 0] = [one, other].map((name) => luminance(palette.get(name) ?? "missing"));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each(Object.entries(palettes()))("%s theme", (_, palette) => {
  it.each(["ink", "received", "attention", "failed", "quiet"])("%s reads on every ground", (text) => {
    for (const ground of ["paper", "card", "hover"]) {
      expect(contrast(palette, text, ground)).toBeGreaterThanOrEqual(AA_TEXT);
    }
  });

  it.each(["received", "failed"])("words on a %s button read", (button) => {
    expect(contrast(palette, "on-accent", button)).toBeGreaterThanOrEqual(AA_TEXT);
  });

  it("edges that carry meaning are visible", () => {
    for (const ground of ["paper", "card"]) {
      expect(contrast(palette, "edge", ground)).toBeGreaterThanOrEqual(AA_SHAPE);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("the letter on person colour %i reads", (person) => {
    const letter = [1, 8].includes(person) ? "letter-light" : "letter-dark";
    expect(contrast(palette, letter, `person-${person}`)).toBeGreaterThanOrEqual(AA_TEXT);
  });
});
