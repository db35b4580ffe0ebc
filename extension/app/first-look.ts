import type { ChannelSnapshot } from "../../src/channel/api/channel-client.ts";
import { firstLook } from "../../src/channel/views/first-look.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import { readRecent } from "../../src/storage/dexie/read-recent.ts";
import { DATABASE } from "../platform/names.ts";

/** What fills a screen, and some. */
const MESSAGES = 30;

/**
 * The end of a channel's log straight from storage: a worker that was stopped takes a moment to start and to load. Null when it cannot be
 * read; the worker then says why.
 */
export async function lookFirst(channel: ChannelId): Promise<ChannelSnapshot | null> {
  try {
    const recent = await readRecent({ name: DATABASE, channel, bodies: MESSAGES });
    return recent === null ? null : firstLook(recent, Date.now());
  } catch {
    return null;
  }
}
