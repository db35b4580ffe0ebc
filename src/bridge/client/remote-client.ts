import {
  type ChannelClient,
  ChannelError,
  type ChannelStatus,
  type EphemeralView,
} from "../../channel/api/channel-client.ts";
import { MAX_TEXT_BYTES } from "../../channel/api/limits.ts";
import { encodeText } from "../../channel/api/text.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { ChannelMethod, Params, Result } from "../protocol/methods.ts";
import type { EventFeed } from "./event-feed.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { RequestTable } from "./request-table.ts";
import type { ValueFeed } from "./value-feed.ts";

/** What the views of one channel listen to together. */
export interface ChannelFeeds {
  readonly events: EventFeed;
  readonly status: ValueFeed<ChannelStatus>;
  readonly ephemeral: LiveFeed<EphemeralView>;
}

/** One view of a channel on the other side of the bridge. Views of one channel share its feeds. */
export function createRemoteClient(channelId: ChannelId, requests: RequestTable, feeds: ChannelFeeds): ChannelClient {
  const releases = new Set<() => void>();
  let closed = false;

  async function ask<M extends ChannelMethod>(method: M, params: Params<M>): Promise<Result<M>> {
    if (closed) throw new ChannelError("closed", "This view of the channel is closed.");
    return requests.askChannel(channelId, method, params);
  }

  function hold(end: () => void): () => void {
    const release = (): void => {
      if (releases.delete(release)) end();
    };
    releases.add(release);
    return release;
  }

  return {
    channelId,
    snapshot: (limit) => ask("snapshot", { limit: limit ?? null }),
    page: (before, limit) => ask("page", { before, limit }),
    subscribe: (afterSeq, listener) => (closed ? () => {} : hold(feeds.events.subscribe(afterSeq, listener))),
    watchStatus: (listener) => (closed ? () => {} : hold(feeds.status.watch(listener))),
    send: async (request) => {
      // What is sure to be refused need not be copied to the other side first.
      if (request.text.length > MAX_TEXT_BYTES) encodeText(request.text);
      return ask("send", request);
    },
    sendEphemeral: async (request) => {
      if (request.text.length > MAX_TEXT_BYTES) encodeText(request.text);
      await ask("sendEphemeral", request);
    },
    watchEphemeral: (listener) => (closed ? () => {} : hold(feeds.ephemeral.watch(listener))),
    sendAgain: async (id) => {
      await ask("sendAgain", { id });
    },
    stopSending: async (id) => {
      await ask("stopSending", { id });
    },
    remove: async (id) => {
      await ask("remove", { id });
    },
    fetchAgain: async (id) => {
      await ask("fetchAgain", { id });
    },
    correctClock: async (correctionMs) => {
      await ask("correctClock", { correctionMs });
    },
    details: (id) => ask("details", { id }),
    markRead: async (upTo) => {
      await ask("markRead", { upTo });
    },
    close() {
      closed = true;
      for (const release of [...releases]) release();
    },
  };
}
