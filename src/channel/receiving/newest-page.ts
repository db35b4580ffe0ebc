import { inTime } from "../../identity/keys/verdict-in-time.ts";
import { verdictOf as engineVerdictOf, type VerdictOf } from "../../identity/keys/verdicts.ts";
import type { Clock } from "../../runtime/port.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import { isAhead } from "../../sds/clock/lamport-clock.ts";
import { comparePlaces } from "../../sds/collections/ordered-log.ts";
import type { IncomingContent } from "../../sds/io/step-input.ts";
import { placeOf } from "../../sds/log/lower-copy.ts";
import { MESSAGE_TYPE, shownTypeOf } from "../../sds/parameters/message-type.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { HistoryQuery, InboundFrame, Transport } from "../../transport/port.ts";
import type { StoredView } from "../api/channel-client.ts";
import { displayNameOf } from "../api/display-name.ts";
import { MAX_NEWEST_STORED } from "../api/limits.ts";
import { textOf } from "../disk/body-cache.ts";
import { readIncoming } from "./incoming.ts";
import type { IncomingContext } from "./opened-frame.ts";
import { createOpening } from "./opening.ts";

/** A page may be all syncs, of people who were there and said nothing; what lies behind three such pages can wait for its turn. */
const MOST_PAGES = 3;
/** Two screens; with fewer the page before it is asked for. */
const ENOUGH = 30;

export interface NewestPageOptions {
  readonly state: ChannelState;
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly transport: Pick<Transport, "queryHistory">;
  /** Default: those of this engine. */
  readonly verdictOf?: VerdictOf;
}

/** What a Store kept last, to be looked at before the past is read up to it. */
export interface NewestPage {
  /**
   * In log order, `MAX_NEWEST_STORED` at most: what is verified as whatever comes in is, and not in the log yet. Nothing follows
   * from it. Rejects when no Store answers.
   */
  look(query: Extract<HistoryQuery, { by: "time" }>): Promise<readonly StoredView[]>;
  close(): void;
}

export function createNewestPage({ state, key, clock, transport, ...options }: NewestPageOptions): NewestPage {
  const { channelId, profile, self } = state.identity;
  const verdicts = inTime(options.verdictOf ?? engineVerdictOf, clock);
  const context: IncomingContext = { channelId, profile, held: deliveredPlace };
  let closed = false;

  /** What was pushed meanwhile waits for its causes, which the past brings: it is not shown by the log yet. */
  function deliveredPlace(id: MessageId) {
    const entry = state.log.entries.get(id);
    return entry?.status === "delivered" ? placeOf(entry) : undefined;
  }

  async function opened(frames: readonly InboundFrame[]): Promise<IncomingContent[]> {
    const opening = createOpening({ key, context, verdictOf: verdicts.verdictOf });
    const found: IncomingContent[] = [];
    const waiting = frames.map((frame) => ({ frame, toOpen: opening.add(frame, "store") }));
    for (const { frame, toOpen } of waiting) {
      if (closed) break;
      const bytes = await opening.take(toOpen);
      const incoming = bytes === null ? null : readIncoming(bytes, "store", frame.hash, context);
      if (incoming?.kind !== "input" || incoming.input.kind !== "receive-content") continue;
      if (isShown(incoming.input.content)) found.push(incoming.input.content);
    }
    opening.close();
    return found;
  }

  /** What is from too far ahead waits until its time has come, here as in the log. */
  function isShown({ type, lamport }: IncomingContent): boolean {
    return type !== MESSAGE_TYPE.void && !isAhead(lamport, clock.now());
  }

  function view({ id, lamport, sender, signed, type, bytes, composedAt }: IncomingContent): StoredView {
    const text = textOf(bytes);
    return {
      ...{ id, lamport, author: sender, mine: sender === self, signed, type: shownTypeOf(type), composedAt },
      text: type === MESSAGE_TYPE.profile ? displayNameOf(text) : text,
      textKept: true,
    };
  }

  return {
    look: async (query) => {
      const found = new Map<MessageId, IncomingContent>();
      let pages = 0;
      for await (const { frames } of transport.queryHistory({ ...query, newestFirst: true })) {
        // A Store gives a hundred; one that gives more is not looked at further.
        const page = frames.slice(-MAX_NEWEST_STORED).filter(({ contentTopic }) => contentTopic === query.contentTopic);
        for (const content of await opened(page)) found.set(content.id, content);
        pages++;
        // A page that is not full is the only one there is, or the Store gives shorter ones: no more is worth a request of its own.
        if (closed || pages === MOST_PAGES || found.size >= ENOUGH || frames.length < MAX_NEWEST_STORED) break;
      }
      return [...found.values()].sort(comparePlaces).slice(-MAX_NEWEST_STORED).map(view);
    },
    close: () => {
      closed = true;
      verdicts.close();
    },
  };
}
