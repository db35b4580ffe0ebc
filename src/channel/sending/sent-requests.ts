import { equalBytes } from "../../identity/bytes/equal-bytes.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { ChannelError, type SendRequest } from "../api/channel-client.ts";
import type { BodyCache } from "../disk/body-cache.ts";

const USED =
  "This request id was used for another message, so nothing was sent. Give every new message a new request id, for example crypto.randomUUID().";
const TEXT_GONE =
  "This request id was used for a message whose text is no longer on this device, so nothing was sent: whether it is the same cannot be told. Look in the log, and send a new message with a new request id.";

/** Which request became which own message: as long as the message is in the log, over restarts too. */
export interface SentRequests {
  /** What the request became, null when it was not sent. Rejects when its id stands for a message with other content. */
  find(request: SendRequest, body: Uint8Array): Promise<MessageId | null>;
  /** That is the message now: it was accepted, or composed anew. */
  set(requestId: string, id: MessageId): void;
  /** What it became was deleted, so it may be said again. */
  forget(requestId: string): void;
}

/** To be used in turn with what changes own messages: a text that is being replaced is nowhere for a moment. */
export function createSentRequests(state: ChannelState, bodies: Pick<BodyCache, "said">): SentRequests {
  const sent = new Map<string, MessageId>();
  // What was accepted before a restart.
  for (const { requestId, entry } of state.outbox.items.values()) {
    if (requestId !== "" && !entry.removed) sent.set(requestId, entry.id);
  }

  return {
    find: async ({ requestId, type, levelPercent = null }, body) => {
      const id = sent.get(requestId);
      if (id === undefined) return null;
      const item = state.outbox.items.get(id);
      if (item?.entry.type !== MESSAGE_TYPE[type] || item.levelPercent !== levelPercent) throw refusal(USED);
      const said = await bodies.said(id);
      if (said === null) throw refusal(TEXT_GONE);
      if (!equalBytes(said.body, body)) throw refusal(USED);
      return id;
    },
    set: (requestId, id) => {
      if (requestId !== "") sent.set(requestId, id);
    },
    forget: (requestId) => sent.delete(requestId),
  };
}

const refusal = (words: string): ChannelError => new ChannelError("invalid", words);
