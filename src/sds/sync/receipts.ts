import { receivedBy } from "../evidence/received-by.ts";
import { hash64 } from "../holes/repair-timing.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { reachesLevel } from "../outbox/delivery-state.ts";
import { levelOf } from "../outbox/level.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import type { Participant } from "../participants/participant.ts";
import { isPresent } from "../participants/presence.ts";
import { ownSync } from "./own.ts";
import type { SyncAndBelow, SyncContext } from "./sync-state.ts";

/**
 * Receipts wanted: acks get lost too. An author whose message is short of its level asks those who were heard since it
 * was sent and have not confirmed; they answer within the ack window by naming what was asked for. Who was away while they
 * confirmed it heard nobody since, and asks those who are probably there.
 */

/** As seldom as idle syncs: who did not answer by then is probably not there. */
const MAX_INTERVAL_MS = 15 * 60_000;
/** 4 bytes each in a sync; and as many messages are named in an answer as fit beside heads (`MAX_HISTORY_ENTRIES`). */
const MAX_ASKED = 64;
/** Each answers with a sync that nobody else needs; and one is enough for most messages. */
const MAX_UNHEARD = 8;
/** Levels are looked at for the newest messages only: an old one that nobody confirmed says so already. */
const MAX_OPEN = 64;

/** The first 4 bytes of SHA-256 over the sender id: enough to address somebody in a group. */
export function receiptPrefixOf(participant: Participant): number {
  //= protocol: RECEIPT-3
  return Number(hash64(participant.id) >> 32n);
}

/** A message of ours went out that needs confirming: ask after two windows, unless it is confirmed by then. */
export function planReceiptRequest(state: SyncAndBelow, now: number, windowMs: number): void {
  //= protocol: RECEIPT-1
  ownSync(state).wantReceiptsIntervalMs = 2 * windowMs;
  ownSync(state).wantReceiptsAt = now + 2 * windowMs;
}

/**
 * What is asked for, and from whom; null when nothing is short of its level or nobody who could answer was heard. What was accepted
 * over the present connection may still be confirmed unasked, so it is asked for only when that is `planned`.
 */
export function receiptRequest(
  ctx: SyncContext,
  planned = true,
): { readonly from: number[]; readonly open: LogEntry[] } | null {
  const { state, env } = ctx;
  const awayUntil = state.sync.askUnheardBefore ?? 0;
  const open = openMessages(state, env.now).flatMap(({ taken, entry }) =>
    taken && (planned || entry.receivedAt < awayUntil) ? [entry] : [],
  );
  const asked = new Map<number, Participant>();
  const unheard = new Map<number, Participant>();
  for (const entry of open) {
    const received = receivedBy(state, entry);
    for (const participant of state.participants.all) {
      if (asked.size >= MAX_ASKED) break;
      if (participant.index === 0 || participant.publicKey === null || received.has(participant.index)) continue;
      //= protocol: RECEIPT-3
      if (participant.heardAt >= entry.receivedAt) asked.set(participant.index, participant);
      else if (entry.receivedAt < awayUntil && isPresent(state, participant, env.now))
        unheard.set(participant.index, participant);
    }
  }
  //= protocol: RECEIPT-6
  const lately = [...unheard.values()].sort((left, right) => right.heardAt - left.heardAt).slice(0, MAX_UNHEARD);
  for (const participant of lately) if (asked.size < MAX_ASKED) asked.set(participant.index, participant);
  return asked.size === 0 ? null : { from: [...asked.values()].map(receiptPrefixOf), open };
}

/** Own messages of the last day that are short of the level their type needs, whether or not a service node took them yet. */
function openMessages(state: SyncAndBelow, now: number): OutboxEntry[] {
  const open: OutboxEntry[] = [];
  for (const item of [...state.outbox.items.values()].reverse()) {
    //= protocol: RECEIPT-1
    if (open.length >= MAX_OPEN || now - item.acceptedAt > HORIZON_MS) break;
    if (item.stage !== "stopped" && !item.entry.removed && isShort(state, item)) open.push(item);
  }
  return open;
}

/** Such as are still to be taken are asked for later: the plan to ask stays. */
export function hasOpenMessages(state: SyncAndBelow, now: number): boolean {
  return openMessages(state, now).length > 0;
}

function isShort(state: SyncAndBelow, item: OutboxEntry): boolean {
  const { entry } = item;
  const level = levelOf(item, state.identity.parameters);
  //= protocol: LEVEL-4
  if (level === "none") return false;
  const received = receivedBy(state, entry);
  if (level === "any") return received.size === 0;
  const confirmed = entry.audience.filter((index) => received.has(index)).length;
  return !reachesLevel(confirmed, entry.audience.length, level);
}

/** Asked again less and less often, and no more when nothing is open. */
export function noteReceiptRequest(state: SyncAndBelow, now: number, stillOpen: boolean): void {
  const sync = ownSync(state);
  //= protocol: RECEIPT-1
  sync.wantReceiptsIntervalMs = Math.min(MAX_INTERVAL_MS, sync.wantReceiptsIntervalMs * 2);
  sync.wantReceiptsAt = stillOpen ? now + sync.wantReceiptsIntervalMs : null;
}

/** Those were asked of whom nothing was heard while this device was away; who did not answer is probably not there. */
export function noteWhoIsThereAsked(state: SyncAndBelow): void {
  ownSync(state).askUnheardBefore = null;
}

/** Somebody asks us: name what we have of it in our next sync, even if our heads prove it. */
export function hearReceiptRequest(state: SyncAndBelow, from: readonly number[], asked: readonly LogEntry[]): boolean {
  const [self] = state.participants.all;
  //= protocol: RECEIPT-5
  if (self === undefined || !from.includes(receiptPrefixOf(self))) return false;
  const before = state.sync.asked.size;
  for (const entry of asked) {
    if (entry.status === "delivered" && state.sync.asked.size < MAX_ASKED) ownSync(state).asked.add(entry);
  }
  return state.sync.asked.size > before;
}
