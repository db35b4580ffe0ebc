import type { ChannelParameters } from "./parameters.ts";

/** Envelope types (field 5). Presence and checkpoints are syncs, not messages. */
export const MESSAGE_TYPE = { chat: 1, announcement: 2, status: 3, profile: 4, report: 7, void: 8 } as const;

/** Share of the audience that must confirm a message of this type; null when any one receiver is enough. */
export function levelPercentOf(type: number, parameters: ChannelParameters): number | null {
  return type === MESSAGE_TYPE.announcement ? parameters.levelPercent : null;
}
