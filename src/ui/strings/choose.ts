import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Strings } from "./strings.ts";

/** The first language that we speak of those that somebody prefers (BCP 47 tags, best first); English otherwise. */
export function chooseStrings(languages: readonly string[]): Strings {
  for (const tag of languages) {
    const language = tag.toLowerCase().split("-")[0];
    if (language === "de") return de;
    if (language === "en") return en;
  }
  return en;
}
