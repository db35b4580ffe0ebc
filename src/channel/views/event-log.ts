import { callSafely } from "../../runtime/call-safely.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import type { ChannelEvent } from "../api/channel-client.ts";
import type { BodyCache } from "../disk/body-cache.ts";
import { countUnread, deliveryView, holeView, isVisible, messageView, participantView } from "./views.ts";

/** A longer gap is answered with `reset`: taking a new snapshot is cheaper than replaying it. */
const MAX_REPLAY = 2_000;
/** Rows read at a time: between two reads others get their turn at the database. */
const REPLAY_PAGE = 250;

export interface EventLog {
  /** Ledger rows that are written now: told to everybody in order. */
  publish(rows: readonly LedgerRow[]): void;
  /** Sequence number of the last event told. */
  lastSeq(): number;
  /** Events behind `afterSeq`, replayed from the ledger and then live. */
  subscribe(afterSeq: number, listener: (event: ChannelEvent) => void): () => void;
  close(): void;
}

interface Subscriber {
  readonly listener: (event: ChannelEvent) => void;
  /** Sequence number of the last event it was told. */
  seq: number;
  /** Following live events; otherwise a replay is under way that will catch up with them. */
  live: boolean;
  open: boolean;
}

/**
 * Turns ledger rows into events. A row says that something changed, the event carries how it is now: replaying an old
 * row shows the newest state, and telling the same twice changes nothing.
 */
export function createEventLog(options: {
  readonly state: ChannelState;
  readonly storage: ChannelStorage;
  readonly bodies: BodyCache;
  readonly now: () => number;
  readonly initialSeq: number;
}): EventLog {
  const { state, storage, bodies, now } = options;
  const subscribers = new Set<Subscriber>();
  let published = options.initialSeq;
  let publishing = Promise.resolve();

  function tell(subscriber: Subscriber, event: ChannelEvent): void {
    if (!subscriber.open) return;
    subscriber.seq = event.seq;
    callSafely(() => subscriber.listener(event));
  }

  async function publishNow(rows: readonly LedgerRow[]): Promise<void> {
    for (const row of rows) {
      // What cannot be read cannot be shown: everybody starts over from a snapshot, which will say why.
      const event = await eventOf(row).catch((): ChannelEvent => ({ kind: "reset", seq: row.seq }));
      published = row.seq;
      for (const subscriber of subscribers) if (subscriber.live) tell(subscriber, event);
    }
  }

  async function replay(subscriber: Subscriber): Promise<void> {
    while (subscriber.open && subscriber.seq !== published) {
      // Ahead of us: it knows a past that a crash took from the disk.
      if (subscriber.seq > published || published - subscriber.seq > MAX_REPLAY) {
        tell(subscriber, { kind: "reset", seq: published });
        break;
      }
      const rows = await storage.readLedger(state.identity.channelId, subscriber.seq, REPLAY_PAGE);
      // Rows in between are folded by now, or were given up.
      if (rows[0]?.seq !== subscriber.seq + 1) {
        tell(subscriber, { kind: "reset", seq: published });
        break;
      }
      for (const row of rows) if (row.seq > subscriber.seq) tell(subscriber, await eventOf(row));
    }
    // Nothing was awaited since the comparison, so no event fell between replay and live.
    subscriber.live = true;
  }

  async function eventOf(row: LedgerRow): Promise<ChannelEvent> {
    const { seq } = row;
    switch (row.kind) {
      case "accepted":
      case "delivered":
      case "moved":
        return entryEvent(row);
      case "attempt":
      case "attempt-result":
      case "stage":
      case "evidence":
      case "level":
        return { kind: "delivery", seq, updates: deliveryUpdates(row) };
      case "withdrawn":
      case "removed":
        return removedEvent(row);
      case "hole":
        return holeEvent(row);
      case "participant": {
        const participant = state.participants.all[row.participant];
        if (participant === undefined) return { kind: "tick", seq };
        return { kind: "participant", seq, participant: participantView(state, participant, now()) };
      }
      case "connected":
        return { kind: "tick", seq };
    }
  }

  async function entryEvent({ seq, ids }: LedgerRow): Promise<ChannelEvent> {
    const [id] = ids;
    const entry = id === undefined ? undefined : state.log.entries.get(id);
    if (entry === undefined || !isVisible(entry)) return { kind: "tick", seq };
    const texts = await bodies.texts([entry.id]);
    const view = messageView(state, entry, texts.get(entry.id));
    return { kind: "entry", seq, entry: view, unread: countUnread(state) };
  }

  function deliveryUpdates({ ids }: LedgerRow): Extract<ChannelEvent, { kind: "delivery" }>["updates"] {
    return ids.flatMap((id) => {
      const entry = state.log.entries.get(id);
      return entry?.status === "delivered" ? [{ id, delivery: deliveryView(state, entry) }] : [];
    });
  }

  function removedEvent({ seq, ids }: LedgerRow): ChannelEvent {
    const [id] = ids;
    return id === undefined ? { kind: "tick", seq } : { kind: "removed", seq, id };
  }

  function holeEvent({ seq, ids }: LedgerRow): ChannelEvent {
    const [id] = ids;
    if (id === undefined) return { kind: "tick", seq };
    const missing = state.holes.missing.get(id);
    if (missing === undefined || missing.state === null) return { kind: "hole-closed", seq, id };
    return { kind: "entry", seq, entry: holeView(missing), unread: countUnread(state) };
  }

  return {
    publish: (rows) => {
      if (rows.length > 0) publishing = publishing.then(() => publishNow(rows));
    },
    lastSeq: () => published,
    subscribe: (afterSeq, listener) => {
      const subscriber: Subscriber = { listener, seq: afterSeq, live: false, open: true };
      subscribers.add(subscriber);
      replay(subscriber).catch(() => {
        // Storage could not be read: the subscriber starts over from a snapshot, which will say why.
        tell(subscriber, { kind: "reset", seq: published });
        subscriber.live = true;
      });
      return () => {
        subscriber.open = false;
        subscribers.delete(subscriber);
      };
    },
    close: () => {
      // A replay that is under way ends at its next look.
      for (const subscriber of subscribers) subscriber.open = false;
      subscribers.clear();
    },
  };
}
