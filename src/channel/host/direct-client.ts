import type { LogEntry } from "../../sds/log/log-entry.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import {
  type ChannelClient,
  ChannelError,
  type ChannelView,
  type LogPage,
  type LogPosition,
} from "../api/channel-client.ts";
import {
  checkedCorrection,
  checkedEphemeral,
  checkedListener,
  checkedMessageId,
  checkedPageLimit,
  checkedPosition,
  checkedSend,
  checkedSeq,
} from "../api/checks.ts";
import type { Channel } from "../channel.ts";
import { endOfPage } from "../views/end-of-page.ts";
import { readDetails } from "../views/message-details.ts";
import { countUnread, holeView, isVisible, messageView, participantView, placesBefore } from "../views/views.ts";

/** A few screens. */
const DEFAULT_PAGE = 100;

/** A client in the same thread as the channel. `channel` resolves when the channel has been read from storage. */
export function createDirectClient(
  opening: Promise<Channel>,
  view: () => ChannelView,
  channelId: ChannelId,
  storage: ChannelStorage,
): ChannelClient {
  const releases = new Set<() => void>();
  let closed = false;

  async function opened(): Promise<Channel> {
    if (closed) throw new ChannelError("closed", "This view of the channel is closed.");
    const channel = await opening;
    if (channel.isClosed()) throw new ChannelError("closed", "This channel was closed on this device.");
    return channel;
  }

  /** Subscriptions begin when the channel is open, and end early if they were ended before that. */
  function whenOpen(begin: (channel: Channel) => () => void): () => void {
    let end: (() => void) | null = null;
    let ended = false;
    const release = () => {
      ended = true;
      releases.delete(release);
      end?.();
    };
    releases.add(release);
    opening.then(
      (channel) => {
        if (!ended) end = begin(channel);
      },
      () => {
        // Opening failed; every request says so.
      },
    );
    return release;
  }

  return {
    channelId,
    snapshot: async (limit = DEFAULT_PAGE) => {
      const size = checkedPageLimit(limit);
      const channel = await opened();
      const { state } = channel;
      // Read first: what happens while the page is read comes again as an event.
      const seq = channel.events.lastSeq();
      const now = channel.now();
      const page = await readPage(channel, undefined, size);
      const participants = state.participants.all.map((participant) => participantView(state, participant, now));
      return { channel: view(), me: state.identity.self, participants, page, unread: countUnread(state), seq };
    },
    newestStored: async () => (await opened()).newestStored(),
    page: async (before, limit) => {
      const [place, size] = [checkedPosition(before), checkedPageLimit(limit)];
      return readPage(await opened(), place, size);
    },
    subscribe: (afterSeq, listener) => {
      const [seq, tell] = [checkedSeq(afterSeq), checkedListener(listener)];
      return whenOpen((channel) => channel.events.subscribe(seq, tell));
    },
    watchStatus: (listener) => {
      const tell = checkedListener(listener);
      return whenOpen((channel) => channel.status.watch(tell));
    },
    send: async (request) => {
      const checked = checkedSend(request);
      return (await opened()).send(checked);
    },
    sendEphemeral: async (request) => {
      const checked = checkedEphemeral(request);
      return (await opened()).sendEphemeral(checked);
    },
    watchEphemeral: (listener) => {
      const tell = checkedListener(listener);
      return whenOpen((channel) => channel.watchEphemeral(tell));
    },
    sendAgain: async (asked) => {
      const id = checkedMessageId(asked);
      const channel = await opened();
      await channel.dispatch({ kind: "send-again", id: ownEntry(channel, id).id });
    },
    stopSending: async (asked) => {
      const id = checkedMessageId(asked);
      const channel = await opened();
      await channel.stopSending(ownEntry(channel, id).id);
    },
    remove: async (asked) => {
      const id = checkedMessageId(asked);
      const channel = await opened();
      const entry = channel.state.log.entries.get(channel.currentId(id));
      // Gone already: a deletion that is asked for twice is done.
      if (entry === undefined || !isVisible(entry)) return;
      await channel.remove(ownEntry(channel, id).id);
    },
    fetchAgain: async (asked) => {
      const id = checkedMessageId(asked);
      const channel = await opened();
      const {
        log: { entries },
        holes: { missing },
      } = channel.state;
      // It may have come meanwhile, and then there is nothing to do.
      if (!entries.has(id) && !missing.has(id)) {
        throw new ChannelError("not-found", "Nothing that is known here names this message, so nobody can be asked.");
      }
      await channel.dispatch({ kind: "fetch-again", id });
    },
    correctClock: async (correctionMs) => {
      const checked = checkedCorrection(correctionMs);
      return (await opened()).correctClock(checked);
    },
    details: async (asked) => {
      const id = checkedMessageId(asked);
      const channel = await opened();
      const entry = deliveredEntry(channel, id);
      return readDetails(channel.state, entry, storage);
    },
    markRead: async (upTo) => {
      const place = checkedPosition(upTo);
      const channel = await opened();
      await channel.dispatch({ kind: "marked-read", lamport: upToLast(channel, place) });
    },
    close: () => {
      closed = true;
      for (const release of [...releases]) release();
    },
  };
}

async function readPage(channel: Channel, before: LogPosition | undefined, size: number): Promise<LogPage> {
  const { places, more } = placesBefore(channel.state, before, size);
  const texts = await channel.bodies.texts(
    places.flatMap((place) => (place.kind === "message" ? [place.entry.id] : [])),
  );
  const entries = places.map((place) =>
    place.kind === "message"
      ? messageView(channel.state, place.entry, texts.get(place.entry.id))
      : holeView(place.missing),
  );
  return endOfPage({ entries, more });
}

/** Marking more as read than there is would hide what comes. */
function upToLast({ state }: Channel, { lamport }: LogPosition): number {
  return Math.min(lamport, state.log.order.last()?.lamport ?? 0);
}

function deliveredEntry(channel: Channel, id: MessageId): LogEntry {
  const entry = channel.state.log.entries.get(channel.currentId(id));
  if (entry?.status === "delivered" && isVisible(entry)) return entry;
  throw new ChannelError("not-found", "This message is not in the channel's history on this device.");
}

function ownEntry(channel: Channel, id: MessageId): LogEntry {
  const entry = deliveredEntry(channel, id);
  if (entry.mine) return entry;
  throw new ChannelError("invalid", "Only your own messages can be sent again, stopped or deleted.");
}
