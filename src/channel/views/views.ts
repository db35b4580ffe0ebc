import type { ChannelState } from "../../sds/channel-state.ts";
import { receivedBy } from "../../sds/evidence/received-by.ts";
import type { MissingMessage } from "../../sds/holes/missing-message.ts";
import type { LogEntry } from "../../sds/log/log-entry.ts";
import { type DeliveryState, deliveryStateOf, type Reception, type Sending } from "../../sds/outbox/delivery-state.ts";
import { levelOf } from "../../sds/outbox/level.ts";
import { MESSAGE_TYPE, shownTypeOf } from "../../sds/parameters/message-type.ts";
import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import type { Participant } from "../../sds/participants/participant.ts";
import { isPresent } from "../../sds/participants/presence.ts";
import { asParticipantId, type ParticipantId } from "../../sds/wire/ids.ts";
import type { DeliveryView, HoleView, LogItem, LogPosition, ParticipantView } from "../api/channel-client.ts";
import { displayNameOf } from "../api/display-name.ts";

/** What people see of the protocol's state. Plain data, made anew each time. */
export function deliveryView(state: ChannelState, entry: LogEntry): DeliveryView {
  const received = receivedBy(state, entry);
  const item = state.outbox.items.get(entry.id);
  return {
    state: deliveryState(state, entry, received),
    received: ids(state, received),
    audience: ids(state, entry.audience),
    attempts: item?.attempts ?? 0,
  };
}

function deliveryState(state: ChannelState, entry: LogEntry, received: ReadonlySet<number>): DeliveryState {
  const item = state.outbox.items.get(entry.id);
  const reception: Reception = {
    received,
    audience: entry.audience,
    level: item === undefined ? "any" : levelOf(item, state.identity.parameters),
  };
  if (entry.mine && received.size === 0 && state.log.ahead.has(entry)) {
    return { kind: "ahead", at: entry.lamport - LAMPORT_EMBARGO_MS };
  }
  return deliveryStateOf(reception, item ?? TAKEN);
}

/** Somebody else's message was taken by the network, or it would not be here. */
const TAKEN: Sending = { stage: "sent", attempts: 0, reason: "", limited: false };

function ids(state: ChannelState, indexes: Iterable<number>): ParticipantId[] {
  return [...indexes].map((index) => state.participants.all[index]?.id ?? asParticipantId(""));
}

/** `text`: undefined when its body is not on this device. */
export function messageView(state: ChannelState, entry: LogEntry, text: string | undefined): LogItem {
  return {
    kind: "message",
    id: entry.id,
    lamport: entry.lamport,
    author: entry.author.id,
    mine: entry.mine,
    signed: entry.signed,
    type: shownTypeOf(entry.type),
    text: entry.type === MESSAGE_TYPE.profile ? displayNameOf(text ?? "") : (text ?? ""),
    textKept: text !== undefined,
    composedAt: entry.composedAt,
    delivery: deliveryView(state, entry),
  };
}

/** A hole stands where a child's author signed that it is; without that, where it was first missed. */
export function holeView(missing: MissingMessage): LogItem & HoleView {
  return {
    kind: "hole",
    id: missing.id,
    lamport: missing.lamport ?? missing.since,
    state: missing.state === "lost" ? "lost" : "fetching",
    since: missing.since,
  };
}

export function participantView(state: ChannelState, participant: Participant, now: number): ParticipantView {
  const me = participant.index === 0;
  return {
    id: participant.id,
    me,
    name: participant.name,
    index: participant.index,
    heardAt: me ? now : participant.heardAt,
    present: isPresent(state, participant, now),
    signed: participant.publicKey !== null,
    equivocations: participant.equivocations,
    gaps: participant.numbers.gaps(),
  };
}

export type Place =
  | { readonly kind: "message"; readonly entry: LogEntry }
  | { readonly kind: "hole"; readonly missing: MissingMessage };

/** The last `limit` messages and visible holes before a place (or the end), in log order. */
export function placesBefore(
  state: ChannelState,
  before: LogPosition | undefined,
  limit: number,
): { readonly places: readonly Place[]; readonly more: boolean } {
  const entries = lastVisible(state, before, limit + 1);
  const places: (Place & { readonly at: LogPosition })[] = entries.map((entry) => ({
    kind: "message",
    entry,
    at: entry,
  }));
  const oldest = entries.length > limit ? entries[0] : undefined;
  for (const missing of state.holes.missing.values()) {
    if (missing.state === null) continue;
    const at = holeView(missing);
    if (before !== undefined && comparePositions(at, before) >= 0) continue;
    if (oldest === undefined || comparePositions(at, oldest) > 0) places.push({ kind: "hole", missing, at });
  }
  places.sort((a, b) => comparePositions(a.at, b.at));
  return { places: places.slice(-limit), more: places.length > limit };
}

/** In log order. What is not shown takes no room in a page. */
function lastVisible(state: ChannelState, before: LogPosition | undefined, limit: number): LogEntry[] {
  const found: LogEntry[] = [];
  for (const entry of state.log.order.before(before)) {
    if (isVisible(entry)) found.push(entry);
    if (found.length >= limit) break;
  }
  return found.reverse();
}

/** Deleted messages, and what stands in for those that never left, are nothing to look at. */
export function isVisible(entry: LogEntry): boolean {
  return !entry.removed && entry.type !== MESSAGE_TYPE.void;
}

function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.lamport - b.lamport || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Chat and announcements of others that nobody on this device has seen. */
export function countUnread({ log: { unread } }: ChannelState): number {
  return unread.behind + unread.late;
}
