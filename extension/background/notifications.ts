import type { ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { notifies } from "../../src/channel/api/message-type.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import type { NewMessage } from "./watch-channels.ts";

/** A view that was cut off by a restart of the worker is back sooner. */
export const NOTIFY_AFTER_MS = 1_500;
const MAX_TEXT = 200;

export interface NotificationTexts {
  readonly title: string;
  readonly message: string;
}

export interface NotifierOptions {
  /** Shows or replaces the one notification of a channel. */
  readonly show: (channel: ChannelId, texts: NotificationTexts) => void;
  readonly clear: (channel: ChannelId) => void;
  readonly isViewOpen: () => boolean;
  readonly words: {
    readonly one: (author: string, channel: string) => string;
    readonly many: (count: number, channel: string) => string;
    readonly someone: string;
  };
  readonly schedule: (ms: number, callback: () => void) => void;
}

/** Tells of new messages while no view is open: at most one notification a channel, which counts up. */
export interface Notifier {
  onNewMessage(message: NewMessage): void;
  /** Notifications about what was read meanwhile, or whose channel is gone, go away. */
  onChannels(channels: readonly ChannelSummary[]): void;
  onViewOpened(): void;
}

interface Pending {
  count: number;
  latest: NewMessage;
  planned: boolean;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { show, clear, isViewOpen, words, schedule } = options;
  const pending = new Map<ChannelId, Pending>();

  function textsOf({ count, latest }: Pending): NotificationTexts {
    const { authorName, channelName, message } = latest;
    const author = authorName === "" ? words.someone : authorName;
    const text = message.text.length > MAX_TEXT ? `${message.text.slice(0, MAX_TEXT - 1)}…` : message.text;
    if (count === 1) return { title: words.one(author, channelName), message: text };
    return { title: words.many(count, channelName), message: `${author}: ${text}` };
  }

  function forget(channel: ChannelId): void {
    if (pending.delete(channel)) clear(channel);
  }

  function tell(channel: ChannelId): void {
    const item = pending.get(channel);
    if (item === undefined) return;
    item.planned = false;
    if (isViewOpen()) forget(channel);
    else show(channel, textsOf(item));
  }

  return {
    onNewMessage(message) {
      const { channel } = message;
      if (isViewOpen() || !notifies(message.message.type)) return;
      const item = pending.get(channel) ?? { count: 0, latest: message, planned: false };
      item.count++;
      item.latest = message;
      pending.set(channel, item);
      if (item.planned) return;
      item.planned = true;
      schedule(NOTIFY_AFTER_MS, () => tell(channel));
    },
    onChannels(channels) {
      const unread = new Set(channels.filter((channel) => channel.unread > 0).map(({ id }) => id));
      for (const channel of [...pending.keys()]) if (!unread.has(channel)) forget(channel);
    },
    onViewOpened() {
      for (const channel of [...pending.keys()]) forget(channel);
    },
  };
}
