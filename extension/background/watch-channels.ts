import type { ChannelClient, ChannelEvent, ChannelStatus, MessageView } from "../../src/channel/api/channel-client.ts";
import type { ChannelHost, ChannelSummary } from "../../src/channel/api/channel-host.ts";
import type { ChannelId, ParticipantId } from "../../src/sds/wire/ids.ts";

/** A message that somebody else wrote and that came since the worker runs. */
export interface NewMessage {
  readonly channel: ChannelId;
  readonly channelName: string;
  /** Empty when they never said their name. */
  readonly authorName: string;
  readonly message: MessageView;
}

export interface ChannelWatcher {
  /** After each change of the list, its unread counts included. */
  onChannels(channels: readonly ChannelSummary[]): void;
  onNewMessage(message: NewMessage): void;
  /** False: channels are joined and none is connected. */
  onOnline(online: boolean): void;
  /** The list or a channel cannot be read, or a channel has stopped: only opening it anew helps. */
  onStorageProblem(): void;
}

interface Watched {
  readonly client: ChannelClient;
  readonly names: Map<ParticipantId, string>;
  status: ChannelStatus["connection"];
  unsubscribe: () => void;
}

/** Follows all channels of the host for what the worker itself shows: badge, icon, notifications. */
export function watchAllChannels(host: ChannelHost, watcher: ChannelWatcher): () => void {
  const watched = new Map<ChannelId, Watched>();
  let summaries: readonly ChannelSummary[] = [];
  let stopped = false;

  function begin(channel: ChannelId): void {
    const client = host.open(channel);
    const item: Watched = { client, names: new Map(), status: "connecting", unsubscribe: () => {} };
    watched.set(channel, item);
    client.watchStatus(({ connection, storageProblem, mistake }) => {
      item.status = connection;
      tellOnline();
      if (storageProblem !== "" || mistake) watcher.onStorageProblem();
    });
    void follow(channel, item);
  }

  async function follow(channel: ChannelId, item: Watched): Promise<void> {
    try {
      const { participants, seq } = await item.client.snapshot(1);
      if (watched.get(channel) !== item) return;
      for (const { id, name } of participants) item.names.set(id, name);
      item.unsubscribe();
      item.unsubscribe = item.client.subscribe(seq, (event) => receive(channel, item, event));
    } catch {
      // The views say why. A channel that was left meanwhile is no problem.
      if (watched.get(channel) === item) watcher.onStorageProblem();
    }
  }

  function receive(channel: ChannelId, item: Watched, event: ChannelEvent): void {
    switch (event.kind) {
      case "reset":
        void follow(channel, item);
        return;
      case "participant":
        item.names.set(event.participant.id, event.participant.name);
        return;
      case "entry":
        if (event.entry.kind === "message" && !event.entry.mine) tellMessage(channel, item, event.entry);
        return;
      case "delivery":
      case "hole-closed":
      case "tick":
        return;
    }
  }

  function tellMessage(channel: ChannelId, item: Watched, message: MessageView): void {
    const channelName = summaries.find(({ id }) => id === channel)?.name ?? "";
    watcher.onNewMessage({ channel, channelName, authorName: item.names.get(message.author) ?? "", message });
  }

  function tellOnline(): void {
    const states = [...watched.values()].map(({ status }) => status);
    const online = states.includes("online") || states.includes("checking");
    if (states.includes("connecting") && !online) return;
    watcher.onOnline(states.length === 0 || online);
  }

  function end(channel: ChannelId, { client, unsubscribe }: Watched): void {
    watched.delete(channel);
    unsubscribe();
    client.close();
  }

  const stop = host.watchChannels((channels) => {
    summaries = channels;
    const ids = new Set(channels.map(({ id }) => id));
    for (const [channel, item] of watched) if (!ids.has(channel)) end(channel, item);
    for (const id of ids) if (!watched.has(id)) begin(id);
    if (channels.length === 0) watcher.onOnline(true);
    watcher.onChannels(channels);
  });
  // A list that cannot be read tells nothing of itself.
  host.channels().catch(() => stopped || watcher.onStorageProblem());

  return () => {
    stopped = true;
    stop();
    for (const [channel, item] of [...watched]) end(channel, item);
  };
}
