import type { Change, ParentReference, StoredChannel } from "../io/records.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import { forgetEntry } from "../log/graph.ts";
import { trueParents } from "../log/heads.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { isUnconfirmed } from "../outbox/outbox-stage.ts";
import { removeFromOutbox } from "../outbox/replacing.ts";
import { MAX_BELOW_WATERMARK } from "../parameters/limits.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import { type Participant, participantRecordOf } from "../participants/participant.ts";
import { dropClaim, keepClaim } from "../participants/proven.ts";
import type { MessageId } from "../wire/ids.ts";
import type { HolesAndBelow } from "./holes-state.ts";
import { ownHoles, ownMissing } from "./own.ts";
import { forgetMissing } from "./shares.ts";

/** When there are too many, nine tenths stay: forgetting is work, and should not be due again at the next start. */
const STAY = 0.9;

/** Of so many messages what the ledger told goes in one deletion: about as much work as a batch of the rest. */
const SUMMARIES = 1_000;

/**
 * The watermark: the Lamport timestamp below which messages are forgotten, and count as known when others name them.
 * It is raised when the channel is restored, when all entries are there. Never within the last day, whatever comes in: what is younger everybody may still miss.
 */
export function raiseWatermark(
  state: HolesAndBelow,
  { meta }: Pick<StoredChannel, "meta">,
  now: number,
  maxHistory: number,
): void {
  const { entries } = state.log;
  const before = meta.watermark ?? 0;
  ownHoles(state).watermark = before;
  if (entries.size <= maxHistory) return;
  const delivered = [...entries.values()].filter(({ status }) => status === "delivered");
  if (delivered.length <= maxHistory) return;
  //= protocol: STATE-5
  const lamports = Float64Array.from(delivered, ({ lamport }) => lamport).sort();
  const oldest = lamports.at(-Math.max(1, Math.floor(maxHistory * STAY))) ?? 0;
  ownHoles(state).watermark = Math.max(before, Math.min(oldest, Math.floor(now - HORIZON_MS)));
}

export interface Forgotten {
  /** To be written first: with them every later start forgets the same again. */
  readonly changes: readonly Change[];
  /** Rows that are of no use any more, in log order: whatever is gone of them, causes go before what builds on them. */
  readonly deletions: readonly Change[];
}

/** Forgets what is below the watermark. Who has what is kept is still known, and nothing more than before is claimed. */
export function forgetOld(state: HolesAndBelow): Forgotten {
  const forgotten = new Set<LogEntry>();
  for (const entry of state.log.order) {
    if (entry.lamport >= state.holes.watermark) break;
    if (!mustStay(state, entry)) forgotten.add(entry);
  }
  if (forgotten.size === 0) return { changes: [], deletions: [] };
  const touched = moveClaims(state, forgotten);
  const changes = [...touched].map(
    (participant): Change => ({ op: "put", table: "participant", record: participantRecordOf(participant) }),
  );
  changes.push(...dropHoles(state, forgotten));
  const deletions: Change[] = [];
  let since = 0;
  //= protocol: STATE-6
  for (const entry of forgotten) {
    // What the ledger told goes before the messages, by which the next start finds what is left; and a little at a time.
    if (since++ % SUMMARIES === 0) deletions.push({ op: "delete-below", table: "summary", key: entry.lamport });
    deletions.push(...forget(state, entry));
  }
  deletions.push({ op: "delete-below", table: "summary", key: state.holes.watermark });
  return { changes, deletions };
}

/** What only forgotten messages name is no longer missing. */
function dropHoles(state: HolesAndBelow, forgotten: ReadonlySet<LogEntry>): Change[] {
  const dropped: Change[] = [];
  for (const missing of [...state.holes.missing.values()]) {
    const { id, children } = missing;
    const stay = children.filter((child) => !forgotten.has(child));
    if (stay.length === children.length) continue;
    if (stay.length > 0) {
      ownMissing(missing).children = stay;
      continue;
    }
    forgetMissing(state, missing);
    dropped.push({ op: "delete", table: "hole", key: id });
  }
  return dropped;
}

/** Others are still to be told of it, or what is written next builds on it. */
function mustStay(state: HolesAndBelow, entry: LogEntry): boolean {
  //= protocol: STATE-5
  return state.log.heads.has(entry) || state.log.lastOwn === entry || isUnconfirmed(state, entry);
}

function forget(state: HolesAndBelow, entry: LogEntry): Change[] {
  const { id } = entry;
  forgetEntry(state, entry);
  // The message last: by it the next start finds what is left.
  const changes: Change[] = [{ op: "delete", table: "body", key: id }];
  if (removeFromOutbox(state, id)) changes.push({ op: "delete", table: "outbox", key: id });
  return [...changes, { op: "delete", table: "message", key: id }];
}

/** What a claim proved of messages that stay is claimed of them outright, at the same bound, before it goes. */
function moveClaims(state: HolesAndBelow, forgotten: ReadonlySet<LogEntry>): Set<Participant> {
  const touched = new Set<Participant>();
  const others = state.participants.all.slice(1);
  for (const entry of forgotten) {
    for (const parent of trueParents(state, entry)) {
      //= protocol: STATE-10
      if (!forgotten.has(parent)) for (const participant of others) keepCredit(participant, entry, parent, touched);
    }
  }
  for (const participant of others) {
    for (const id of participant.claims.ids()) {
      const entry = state.log.entries.get(id);
      if (entry === undefined || !forgotten.has(entry)) continue;
      dropClaim(participant, id);
      touched.add(participant);
    }
  }
  return touched;
}

function keepCredit(participant: Participant, child: LogEntry, parent: LogEntry, touched: Set<Participant>): void {
  const since = participant.credits.since(parent.number);
  if (since === null || !participant.credits.has(child.number)) return;
  const claimed = participant.claims.get(parent.id);
  if (claimed !== undefined && claimed <= since) return;
  // It may be what all that is known of own messages further down follows from.
  keepClaim(participant, parent.id, since, "needed");
  touched.add(participant);
}

/** A place below the watermark. */
export function isBelow({ holes }: HolesAndBelow, lamport: number | null): boolean {
  return lamport !== null && lamport < holes.watermark;
}

/** A cause from below the watermark that is not held. Only the Lamport timestamp that the child's author signed says so. */
export function isForgotten(state: HolesAndBelow, { id, lamport }: Pick<ParentReference, "id" | "lamport">): boolean {
  //= protocol: STATE-8
  return isBelow(state, lamport) && !state.log.entries.has(id);
}

/** What the sender of a message lists in it, but for causes that are forgotten here: no claim may wait for those. */
export function withoutForgotten(state: HolesAndBelow, claim: IncomingClaim, { parents }: LogEntry): IncomingClaim {
  if (!parents.some((parent) => isForgotten(state, parent))) return claim;
  const forgotten = parents.filter((parent) => isForgotten(state, parent)).map(({ id }) => id);
  return { ...claim, listed: claim.listed.filter(({ messageId }) => !forgotten.includes(messageId)) };
}

/** Its content came and was refused as too old: from now on it is nothing to ask for, however often syncs name it. */
export function noteBelowWatermark(state: HolesAndBelow, id: MessageId): void {
  const { belowWatermark } = ownHoles(state);
  belowWatermark.add(id);
  const [first] = belowWatermark;
  if (belowWatermark.size > MAX_BELOW_WATERMARK && first !== undefined) belowWatermark.delete(first);
}
