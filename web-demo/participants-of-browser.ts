import { acrossTabs, readJson, writeJson } from "./browser-storage.ts";

const KEY = "hearback.participants";

/** A participant that this browser keeps: its database bears its id. */
export interface KnownParticipant {
  readonly id: string;
  readonly name: string;
  /** Of the channel used last. */
  readonly channelName: string;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

/** Most recently used first. */
export function knownParticipants(): readonly KnownParticipant[] {
  const stored = readJson(acrossTabs, KEY);
  return Array.isArray(stored) ? stored.filter(isKnown).sort((a, b) => b.usedAt - a.usedAt) : [];
}

export function rememberParticipant(participant: KnownParticipant): void {
  const others = knownParticipants().filter((known) => known.id !== participant.id);
  writeJson(acrossTabs, KEY, [participant, ...others]);
}

export function forgetParticipant(id: string): void {
  writeJson(
    acrossTabs,
    KEY,
    knownParticipants().filter((known) => known.id !== id),
  );
}

function isKnown(value: unknown): value is KnownParticipant {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, channelName, usedAt } = value as Record<keyof KnownParticipant, unknown>;
  return (
    typeof id === "string" && typeof name === "string" && typeof channelName === "string" && typeof usedAt === "number"
  );
}
