import {
  type ChannelClient,
  ChannelError,
  type ChannelStatus,
  type EphemeralView,
} from "../../channel/api/channel-client.ts";
import {
  checkedCorrection,
  checkedEphemeral,
  checkedListener,
  checkedMessageId,
  checkedPageLimit,
  checkedPosition,
  checkedSend,
  checkedSeq,
} from "../../channel/api/checks.ts";
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
    snapshot: async (limit) => ask("snapshot", { limit: limit === undefined ? null : checkedPageLimit(limit) }),
    newestStored: async () => ask("newestStored", {}),
    page: async (before, limit) => ask("page", { before: checkedPosition(before), limit: checkedPageLimit(limit) }),
    subscribe: (afterSeq, listener) => {
      const [seq, tell] = [checkedSeq(afterSeq), checkedListener(listener)];
      return closed ? () => {} : hold(feeds.events.subscribe(seq, tell));
    },
    watchStatus: (listener) => {
      const tell = checkedListener(listener);
      return closed ? () => {} : hold(feeds.status.watch(tell));
    },
    send: async (request) => ask("send", checkedSend(request)),
    sendEphemeral: async (request) => {
      await ask("sendEphemeral", checkedEphemeral(request));
    },
    watchEphemeral: (listener) => {
      const tell = checkedListener(listener);
      return closed ? () => {} : hold(feeds.ephemeral.watch(tell));
    },
    sendAgain: async (id) => {
      await ask("sendAgain", { id: checkedMessageId(id) });
    },
    stopSending: async (id) => {
      await ask("stopSending", { id: checkedMessageId(id) });
    },
    remove: async (id) => {
      await ask("remove", { id: checkedMessageId(id) });
    },
    fetchAgain: async (id) => {
      await ask("fetchAgain", { id: checkedMessageId(id) });
    },
    correctClock: async (correctionMs) => {
      await ask("correctClock", { correctionMs: checkedCorrection(correctionMs) });
    },
    details: async (id) => ask("details", { id: checkedMessageId(id) }),
    markRead: async (upTo) => {
      await ask("markRead", { upTo: checkedPosition(upTo) });
    },
    close() {
      closed = true;
      for (const release of [...releases]) release();
    },
  };
}
