import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en } from "./en.ts";
import type { Strings } from "./strings.ts";

/** The language of everything below; set once at the root. */
export const StringsContext = createContext<Strings>(en);

export function useStrings(): Strings {
  return useContext(StringsContext);
}
