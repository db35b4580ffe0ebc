import type { ChannelSnapshot } from "../src/channel/api/channel-client.ts";
import { firstLook } from "../src/channel/views/first-look.ts";
import type { ChannelId } from "../src/sds/wire/ids.ts";
import { readRecent } from "../src/storage/dexie/read-recent.ts";
import { databaseOf } from "./database-name.ts";

/** What fills a screen, and some. */
const MESSAGES = 30;

/**
 * The end of a channel's log straight from the participant's database: the worker takes a moment to start and, with a long history, to
 * load. `channel` is null for the only one that the participant is in. Null when it cannot be read; the worker then says why.
 */
export async function lookFirst(participant: string, channel: ChannelId | null): Promise<ChannelSnapshot | null> {
  try {
    const recent = await readRecent({ name: databaseOf(participant), channel, bodies: MESSAGES });
    return recent === null ? null : firstLook(recent, Date.now());
  } catch {
    return null;
  }
}
