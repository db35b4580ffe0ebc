import { comparePlaces } from "../collections/ordered-log.ts";
import { completeSince } from "../holes/holes.ts";
import type { Environment } from "../io/step-context.ts";
import { newestOwn } from "../log/ahead.ts";
import { noteListedBare } from "../log/copies.ts";
import { headsWithout } from "../log/heads.ts";
import type { LogEntry } from "../log/log-entry.ts";
import {
  MAX_BARE_ID_REPEATS,
  MAX_BARE_IDS_PER_SYNC,
  MAX_HISTORY_ENTRIES,
  MAX_KNOWN_NAMES,
  MAX_PARENTS,
  MAX_SYNC_HEADS,
} from "../parameters/limits.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import type { HistoryEntry } from "../wire/message.ts";
import { unpackHint } from "../wire/packed-hint.ts";
import type { EvidenceAndBelow } from "./evidence-state.ts";
import { isKnownName } from "./known-names.ts";

const NONE: ReadonlySet<LogEntry> = new Set();

/**
 * Parents of a new content message: my own previous one (so that my messages form a chain), the oldest head (so that no
 * head stays behind for ever), then heads by chance (so that people writing at once name different ones). Taking only
 * the newest would leave some messages named by nobody; taking only the oldest lets heads pile up at high rates.
 * `taken`: how many of the places are given already.
 */
export function chooseParents(
  { heads: all, lastOwn }: { readonly heads: Iterable<LogEntry>; readonly lastOwn: LogEntry | null },
  env: Environment,
  taken = 0,
): LogEntry[] {
  //= protocol: COMPOSE-2
  const chosen = new Set<LogEntry>();
  if (lastOwn !== null) chosen.add(lastOwn);
  const heads = [...all].sort(comparePlaces);
  const oldest = heads.shift();
  if (oldest !== undefined) chosen.add(oldest);
  while (chosen.size + taken < MAX_PARENTS && heads.length > 0) {
    const [head] = heads.splice(Math.floor(env.random() * heads.length), 1);
    if (head !== undefined) chosen.add(head);
  }
  //= protocol: COMPOSE-3
  return [...chosen].sort(comparePlaces);
}

/**
 * What a sync says I have: all heads as far as they fit, what is to be named in any case (asked for, or asked about),
 * then ids that heads do not prove.
 */
export function chooseSyncHistory(
  state: EvidenceAndBelow,
  env: Environment,
  named: Iterable<LogEntry>,
): HistoryEntry[] {
  const chosen = new Set([...chooseSyncHeads(state, env), ...named, ...chooseBareIds(state, env)]);
  //= protocol: TIME-7, ANEW-4
  for (const entry of chosen) if (state.log.ahead.has(entry) || !hasLeft(state, entry)) chosen.delete(entry);
  //= protocol: SYNC-4
  return [...chosen].slice(0, MAX_HISTORY_ENTRIES).map(historyEntryOf);
}

/** The oldest half always, the rest rotating by chance: an old head is the likeliest to be unknown to others. */
function chooseSyncHeads(state: EvidenceAndBelow, env: Environment): LogEntry[] {
  const heads = withFewNames(state, env, publicHeads(state, env));
  //= protocol: SYNC-1
  if (heads.length <= MAX_SYNC_HEADS) return heads;
  const chosen = heads.splice(0, MAX_SYNC_HEADS / 2);
  while (chosen.length < MAX_SYNC_HEADS) {
    const [head] = heads.splice(Math.floor(env.random() * heads.length), 1);
    if (head === undefined) break;
    chosen.push(head);
  }
  return chosen;
}

/** Of names that enough others have only some by chance: who comes later and reads no Store gets to know them all the same. */
function withFewNames(state: EvidenceAndBelow, env: Environment, heads: readonly LogEntry[]): LogEntry[] {
  const names = heads.filter((head) => isKnownName(state, head));
  const leftOut = new Set(names);
  //= protocol: SYNC-11
  for (let count = 0; count < MAX_KNOWN_NAMES && names.length > 0; count++) {
    const [name] = names.splice(Math.floor(env.random() * names.length), 1);
    if (name !== undefined) leftOut.delete(name);
  }
  return heads.filter((head) => !leftOut.has(head));
}

/**
 * Heads as others may know them: instead of an own message that never left, what it builds on. It may still be deleted or
 * composed anew, and whoever was told of it would ask for what they must not get. So it is with one that was deleted:
 * whoever lacks it will never get it, and could not see what it proves.
 */
function publicHeads(state: EvidenceAndBelow, env: Environment): LogEntry[] {
  const found = new Set<LogEntry>();
  const recent = [...state.log.removed].filter(({ lamport }) => lamport > env.now - HORIZON_MS);
  const stack = [...state.log.heads, ...recent];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (found.has(entry)) continue;
    //= protocol: ANEW-4, ANEW-5
    if (hasLeft(state, entry)) found.add(entry);
    else stack.push(...entry.parents.flatMap(({ id }) => state.log.entries.get(id) ?? []));
  }
  return [...found].sort(comparePlaces);
}

/**
 * What new content may name: an own message that was refused for good or deleted is one that the others may never get, and
 * would wait for. In its place stands what it builds on; so it does for those of `without`, which are to be replaced.
 */
export function nameable(
  state: EvidenceAndBelow,
  without: ReadonlySet<LogEntry> = NONE,
): { readonly heads: ReadonlySet<LogEntry>; readonly lastOwn: LogEntry | null } {
  //= protocol: COMPOSE-1, COMPOSE-4
  const lost = new Set(without);
  const lastOwn = without.size === 0 ? state.log.lastOwn : newestOwn(state, without);
  const stack = [...headsWithout(state, without), ...(lastOwn === null ? [] : [lastOwn])];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (lost.has(entry) || isObtainable(state, entry)) continue;
    lost.add(entry);
    stack.push(...entry.parents.flatMap(({ id }) => state.log.entries.get(id) ?? []));
  }
  return lost.size === 0 ? state.log : { heads: headsWithout(state, lost), lastOwn: newestOwn(state, lost) };
}

/** Somebody else has it, or it is still on its way to them. */
function isObtainable(state: EvidenceAndBelow, entry: LogEntry): boolean {
  if (!entry.mine || entry.namedByOthers) return true;
  const item = state.outbox.items.get(entry.id);
  return !entry.removed && (item === undefined || item.taken || item.stage !== "failed");
}

/** Of own messages only those that were attempted, and not deleted since, may be known to others. */
export function hasLeft(state: EvidenceAndBelow, entry: LogEntry): boolean {
  if (entry.removed) return false;
  const item = entry.mine ? state.outbox.items.get(entry.id) : undefined;
  return item === undefined || item.taken || entry.namedByOthers || (item.attempts > 0 && item.stage !== "failed");
}

/** Delivered, below `complete_since` and no head: only naming them proves that I have them. A few times each. */
function chooseBareIds(state: EvidenceAndBelow, env: Environment): LogEntry[] {
  const bare: LogEntry[] = [];
  for (const entry of openIds(state, env)) {
    if (bare.length === MAX_BARE_IDS_PER_SYNC) break;
    noteListedBare(entry);
    bare.push(entry);
  }
  return bare;
}

/** There is something that only naming proves, and that was not named often enough. */
export function hasOpenIds(state: EvidenceAndBelow, env: Environment): boolean {
  for (const _ of openIds(state, env)) return true;
  return false;
}

/** What only naming proves is more than one sync can name. */
export function hasManyOpenIds(state: EvidenceAndBelow, env: Environment): boolean {
  let count = 0;
  for (const _ of openIds(state, env)) if (++count > MAX_BARE_IDS_PER_SYNC) return true;
  return false;
}

function* openIds(state: EvidenceAndBelow, env: Environment): Generator<LogEntry> {
  //= protocol: SYNC-3, SINCE-5
  const before = completeSince(state);
  const oldest = env.now - HORIZON_MS;
  for (const entry of state.log.order.after({ lamport: oldest, id: "" })) {
    if (entry.lamport >= before) return;
    if (state.log.heads.has(entry) || state.log.ahead.has(entry) || !hasLeft(state, entry)) continue;
    if (entry.timesListedBare < MAX_BARE_ID_REPEATS) yield entry;
  }
}

export function historyEntryOf(entry: LogEntry): HistoryEntry {
  return { messageId: entry.id, retrievalHint: unpackHint(entry.hint) };
}
