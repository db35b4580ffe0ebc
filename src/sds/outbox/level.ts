import { ownLevelOf } from "../parameters/message-type.ts";
import type { ChannelParameters } from "../parameters/parameters.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/**
 * What an own message needs to count as confirmed: nobody's word, the word of any one participant, or that of a share of
 * its audience, in percent.
 */
export type Level = "none" | "any" | number;

type Sent = Pick<OutboxEntry, "entry" | "levelPercent">;

/** What a message's author asked for goes before what its type asks for. */
export function levelOf(sent: Sent, parameters: ChannelParameters): Level {
  //= protocol: LEVEL-3
  if (sent.levelPercent !== null) return sent.levelPercent;
  const level = ownLevelOf(sent.entry.type);
  return level === "share" ? parameters.levelPercent : level;
}

/** Nobody's word is waited for, so it is sent once. Whoever lacks it asks for it, as for any message that others build on. */
export function isForNobody({ entry, levelPercent }: Sent): boolean {
  //= protocol: LEVEL-4
  return levelPercent === null && ownLevelOf(entry.type) === "none";
}
