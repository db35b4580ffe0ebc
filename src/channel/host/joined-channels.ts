import { type Descriptor, readDescriptor } from "../../identity/joining/descriptor.ts";
import { callSafely } from "../../runtime/call-safely.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { ChannelStorage, DeviceRecord } from "../../storage/port.ts";
import type { ChannelSummary } from "../api/channel-host.ts";
import type { Channel } from "../channel.ts";
import { countUnread } from "../views/views.ts";
import { channelSummaryOf } from "./channel-summary.ts";

export interface Joined {
  readonly record: DeviceRecord;
  readonly descriptor: Descriptor;
  readonly opening: Promise<Channel>;
  /** It writes nothing any more once this resolves; what is not open yet never will be. */
  readonly end: () => Promise<void>;
  /** Resolves when the own name is said, or could not be said this time. */
  readonly introduced: Promise<void>;
  /** Known once the channel is open. */
  unread: number;
}

/** A channel that is being opened. */
export interface Opening {
  readonly channel: Promise<Channel>;
  /** Lets it write nothing any more, so that it never comes to be open. */
  readonly abandon: () => void;
}

/**
 * The first message of a participant is its name. Said whenever there is none: joining may have been cut off behind the record of
 * the device. The request id lets it be said once. That it fails is no reason not to be in the channel; its status says why.
 */
async function introduce({ state, send }: Channel, { displayName }: DeviceRecord): Promise<void> {
  //= protocol: JOIN-4
  if (state.participants.all[0]?.name !== "") return;
  await send({ requestId: "profile-at-join", type: "profile", text: displayName });
}

/** The channels that this device is in, each opening or open, and whoever watches the list of them. */
export interface JoinedChannels {
  /** Resolves when they were read from storage. Rejects when that failed; asked again, it is tried again. */
  ready(): Promise<void>;
  get(channel: ChannelId): Joined | undefined;
  /** A joined channel whose record says nothing that can be read, but for the key. */
  unreadable(channel: ChannelId): DeviceRecord | undefined;
  all(): Joined[];
  summaries(): ChannelSummary[];
  /** Opens it, and tells the watchers of it. */
  begin(record: DeviceRecord, descriptor: Descriptor): Joined;
  remove(channel: ChannelId): void;
  /** Called with the whole list once it is read, and after each change. */
  watch(listener: (channels: readonly ChannelSummary[]) => void): () => void;
  /** Tells nobody anything from now on; resolves when nothing is being read any more. */
  close(): Promise<void>;
}

export interface JoinedChannelsOptions {
  readonly storage: Pick<ChannelStorage, "listDevice">;
  readonly open: (record: DeviceRecord, descriptor: Descriptor) => Opening;
  readonly onUnreadable: (channel: ChannelId, error: unknown) => void;
}

export function createJoinedChannels({ storage, open, onUnreadable }: JoinedChannelsOptions): JoinedChannels {
  const joined = new Map<ChannelId, Joined>();
  const unreadable = new Map<ChannelId, DeviceRecord>();
  const watchers = new Set<(channels: readonly ChannelSummary[]) => void>();
  let booting: Promise<void> | null = null;

  async function boot(): Promise<void> {
    for (const record of await storage.listDevice()) bootOne(record);
    announce();
  }

  /** What is wrong with one record keeps no other channel from opening. It stays where it is: its key is in it. */
  function bootOne(record: DeviceRecord): void {
    try {
      start(record, readDescriptor(record.descriptor));
    } catch (error) {
      unreadable.set(record.channel, record);
      onUnreadable(record.channel, error);
    }
  }

  function ready(): Promise<void> {
    booting ??= boot().catch((error: unknown) => {
      booting = null;
      throw error;
    });
    return booting;
  }

  function start(record: DeviceRecord, descriptor: Descriptor): Joined {
    const { channel: opening, abandon } = open(record, descriptor);
    const introduced = opening.then((channel) => introduce(channel, record)).catch(() => {});
    let opened: Channel | null = null;
    const end = async (): Promise<void> => {
      if (opened !== null) return opened.close();
      abandon();
      // It may have written its last a moment ago.
      opening.then((channel) => channel.close()).catch(() => {});
    };
    const item: Joined = { record, descriptor, opening, end, introduced, unread: 0 };
    joined.set(record.channel, item);
    unreadable.delete(record.channel);
    opening.then(
      (channel) => {
        opened = channel;
        watchUnread(item, channel);
      },
      () => {
        // Every request to this channel says why it could not be opened.
      },
    );
    return item;
  }

  function watchUnread(item: Joined, channel: Channel): void {
    const refresh = () => {
      const unread = countUnread(channel.state);
      if (unread === item.unread) return;
      item.unread = unread;
      announce();
    };
    refresh();
    channel.events.subscribe(channel.events.lastSeq(), refresh);
    channel.onRead(refresh);
  }

  function announce(): void {
    if (watchers.size === 0) return;
    const channels = summaries();
    for (const watcher of [...watchers]) callSafely(() => watcher(channels));
  }

  function summaries(): ChannelSummary[] {
    return [...joined.values()].map(({ descriptor, unread }) => channelSummaryOf(descriptor, unread));
  }

  // At once, so that the channels open before anybody asks.
  ready().catch(() => {});

  return {
    ready,
    get: (channel) => joined.get(channel),
    unreadable: (channel) => unreadable.get(channel),
    all: () => [...joined.values()],
    summaries,
    begin: (record, descriptor) => {
      const item = start(record, descriptor);
      announce();
      return item;
    },
    remove: (channel) => {
      unreadable.delete(channel);
      if (joined.delete(channel)) announce();
    },
    watch: (listener) => {
      watchers.add(listener);
      ready().then(
        () => watchers.has(listener) && listener(summaries()),
        () => {
          // `channels()` says why storage could not be read; when it can be, the boot tells.
        },
      );
      return () => watchers.delete(listener);
    },
    close: async () => {
      watchers.clear();
      await booting?.catch(() => {});
    },
  };
}
