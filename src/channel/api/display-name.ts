import { withoutForbidden } from "../../identity/joining/channel-name.ts";
import { MAX_DISPLAY_NAME_CHARACTERS } from "./limits.ts";

/** What is shown of the name that somebody goes by: anybody with the key may say anything. */
export function displayNameOf(text: string): string {
  //= protocol: WIRE-19
  return [...withoutForbidden(text).trim()].slice(0, MAX_DISPLAY_NAME_CHARACTERS).join("").trim();
}

/** The name in the body of a profile; null when it says none, so that the one before stays. */
export function profileNameOf(text: string | null): string | null {
  const name = text === null ? "" : displayNameOf(text);
  return name === "" ? null : name;
}
