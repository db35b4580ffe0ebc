import { ofThisTab, readJson, writeJson } from "./browser-storage.ts";

const KEY = "hearback.tab";

/** What a tab remembers of itself through reloads and crashes. A duplicated tab starts with a copy. */
export interface TabSession {
  readonly participant: string;
  /** The channel on screen. */
  readonly channel: string | null;
  /** Its invite, with which a duplicate of this tab can join as somebody new. */
  readonly invite: string | null;
}

export function loadTabSession(): TabSession | null {
  const stored = readJson(ofThisTab, KEY);
  if (typeof stored !== "object" || stored === null) return null;
  const { participant, channel, invite } = stored as Record<keyof TabSession, unknown>;
  if (typeof participant !== "string") return null;
  return {
    participant,
    channel: typeof channel === "string" ? channel : null,
    invite: typeof invite === "string" ? invite : null,
  };
}

export function saveTabSession(session: TabSession): void {
  writeJson(ofThisTab, KEY, session);
}
