import type { ChannelState, Environment } from "./channel-state.ts";
import { sortedHeads } from "./heads.ts";
import { completeSince } from "./holes.ts";
import {
  MAX_BARE_ID_REPEATS,
  MAX_BARE_IDS_PER_SYNC,
  MAX_HISTORY_ENTRIES,
  MAX_PARENTS,
  MAX_SYNC_HEADS,
} from "./limits.ts";
import type { LogEntry } from "./log-entry.ts";
import type { HistoryEntry } from "./message.ts";
import { comparePlaces } from "./ordered-log.ts";
import { HORIZON_MS } from "./parameters.ts";

/**
 * Parents of a new content message: my own previous one (so that my messages form a chain), the oldest head (so that no
 * head stays behind for ever), then heads by chance (so that people writing at once name different ones). Taking only
 * the newest would leave some messages named by nobody; taking only the oldest lets heads pile up at high rates.
 */
export function chooseParents(state: ChannelState, env: Environment): LogEntry[] {
  const chosen = new Set<LogEntry>();
  if (state.lastOwn !== null) chosen.add(state.lastOwn);
  const heads = sortedHeads(state);
  const oldest = heads.shift();
  if (oldest !== undefined) chosen.add(oldest);
  while (chosen.size < MAX_PARENTS && heads.length > 0) {
    const [head] = heads.splice(Math.floor(env.random() * heads.length), 1);
    if (head !== undefined) chosen.add(head);
  }
  return [...chosen].sort(comparePlaces);
}

/**
 * What a sync says I have: all heads as far as they fit, what is to be named in any case (asked for, or asked about),
 * then ids that heads do not prove.
 */
export function chooseSyncHistory(state: ChannelState, env: Environment, named: Iterable<LogEntry>): HistoryEntry[] {
  const chosen = new Set([...chooseSyncHeads(state, env), ...named, ...chooseBareIds(state, env)]);
  for (const entry of state.ahead) chosen.delete(entry);
  return [...chosen].slice(0, MAX_HISTORY_ENTRIES).map(historyEntryOf);
}

/** The oldest half always, the rest rotating by chance: an old head is the likeliest to be unknown to others. */
function chooseSyncHeads(state: ChannelState, env: Environment): LogEntry[] {
  const heads = sortedHeads(state);
  if (heads.length <= MAX_SYNC_HEADS) return heads;
  const chosen = heads.splice(0, MAX_SYNC_HEADS / 2);
  while (chosen.length < MAX_SYNC_HEADS) {
    const [head] = heads.splice(Math.floor(env.random() * heads.length), 1);
    if (head === undefined) break;
    chosen.push(head);
  }
  return chosen;
}

/** Delivered, below `complete_since` and no head: only naming them proves that I have them. A few times each. */
function chooseBareIds(state: ChannelState, env: Environment): LogEntry[] {
  const bare: LogEntry[] = [];
  const before = completeSince(state);
  const oldest = env.now - HORIZON_MS;
  for (const entry of state.log.after({ lamport: oldest, id: "" })) {
    if (entry.lamport >= before || bare.length === MAX_BARE_IDS_PER_SYNC) break;
    if (state.heads.has(entry) || state.ahead.has(entry) || entry.timesListedBare >= MAX_BARE_ID_REPEATS) continue;
    entry.timesListedBare++;
    bare.push(entry);
  }
  return bare;
}

export function historyEntryOf(entry: LogEntry): HistoryEntry {
  return { messageId: entry.id, retrievalHint: entry.hint };
}
