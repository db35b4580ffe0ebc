import { beforeEach, describe, expect, it } from "vitest";
import type { MessageView } from "../../src/channel/api/channel-client.ts";
import type { ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { createVirtualClock, type VirtualClock } from "../../src/runtime/virtual-clock.ts";
import type { ChannelId, MessageId, ParticipantId } from "../../src/sds/wire/ids.ts";
import { createNotifier, NOTIFY_AFTER_MS, type NotificationTexts, type Notifier } from "./notifications.ts";
import type { NewMessage } from "./watch-channels.ts";

const HARBOUR = "harbour" as ChannelId;

let clock: VirtualClock;
let shown: Map<ChannelId, NotificationTexts>;
let showings: number;
let viewOpen: boolean;
let notifier: Notifier;

beforeEach(() => {
  clock = createVirtualClock(0);
  shown = new Map();
  showings = 0;
  viewOpen = false;
  notifier = createNotifier({
    show(channel, texts) {
      showings++;
      shown.set(channel, texts);
    },
    clear: (channel) => shown.delete(channel),
    isViewOpen: () => viewOpen,
    words: {
      one: (author, channel) => `${author} in ${channel}`,
      many: (count, channel) => `${count} new in ${channel}`,
      someone: "Somebody",
    },
    schedule: (ms, callback) => void clock.schedule(ms, callback),
  });
});

function arrived(text: string, type: MessageView["type"] = "chat", authorName = "Ben"): NewMessage {
  const delivery = { state: { kind: "sent" }, received: [], audience: [], attempts: 0 } as const;
  const author = "ben" as ParticipantId;
  const id = text as MessageId;
  const message = {
    lamport: 1,
    id,
    author,
    mine: false,
    signed: true,
    type,
    text,
    textKept: true,
    composedAt: 0,
    delivery,
  };
  return { channel: HARBOUR, channelName: "Harbour", authorName, message };
}

function summary(unread: number): ChannelSummary {
  return { id: HARBOUR, name: "Harbour", unread, inviteCode: "", network: { preset: "local", multiaddrs: [] } };
}

describe("createNotifier", () => {
  it("tells who wrote what where", () => {
    notifier.onNewMessage(arrived("hello"));
    clock.advance(NOTIFY_AFTER_MS);
    expect(shown.get(HARBOUR)).toEqual({ title: "Ben in Harbour", message: "hello" });
    expect(shown.size).toBe(1);
  });

  it("counts up in one notification, and shows a burst once", () => {
    for (let n = 1; n <= 50; n++) notifier.onNewMessage(arrived(`burst ${n}`));
    clock.advance(NOTIFY_AFTER_MS);
    expect(showings).toBe(1);
    expect(shown.get(HARBOUR)).toEqual({ title: "50 new in Harbour", message: "Ben: burst 50" });
    notifier.onNewMessage(arrived("one more"));
    clock.advance(NOTIFY_AFTER_MS);
    expect(shown.get(HARBOUR)?.title).toBe("51 new in Harbour");
  });

  it("says nothing while a view is open, nor when one was only cut off for a moment", () => {
    viewOpen = true;
    notifier.onNewMessage(arrived("seen"));
    viewOpen = false;
    notifier.onNewMessage(arrived("before the view is back"));
    viewOpen = true;
    clock.advance(NOTIFY_AFTER_MS);
    expect(showings).toBe(0);
  });

  it("says nothing of what nobody wrote to be read", () => {
    for (const type of ["profile", "status", "other"] as const) notifier.onNewMessage(arrived("Ben", type));
    clock.advance(NOTIFY_AFTER_MS);
    expect(showings).toBe(0);
    notifier.onNewMessage(arrived("Storm warning", "announcement"));
    clock.advance(NOTIFY_AFTER_MS);
    expect(showings).toBe(1);
  });

  it("takes the notification back when a view is opened, when it was read, and when the channel was left", () => {
    const clearers: (() => void)[] = [
      () => notifier.onViewOpened(),
      () => notifier.onChannels([summary(0)]),
      () => notifier.onChannels([]),
    ];
    for (const clearIt of clearers) {
      notifier.onNewMessage(arrived("hello"));
      clock.advance(NOTIFY_AFTER_MS);
      notifier.onChannels([summary(1)]);
      expect(shown.size).toBe(1);
      clearIt();
      expect(shown.size).toBe(0);
    }
    notifier.onNewMessage(arrived("counted from one again"));
    clock.advance(NOTIFY_AFTER_MS);
    expect(shown.get(HARBOUR)?.title).toBe("Ben in Harbour");
  });

  it("tells of each channel by itself, and takes back only what was read", () => {
    const PIER = "pier" as ChannelId;
    const inPier = (text: string): NewMessage => ({ ...arrived(text), channel: PIER, channelName: "Pier" });
    notifier.onNewMessage(arrived("hello"));
    clock.advance(NOTIFY_AFTER_MS - 1);
    notifier.onNewMessage(inPier("ahoy"));
    expect(showings).toBe(0);
    clock.advance(1);
    expect([...shown.keys()]).toEqual([HARBOUR]);
    clock.advance(NOTIFY_AFTER_MS);
    expect(shown.get(PIER)).toEqual({ title: "Ben in Pier", message: "ahoy" });
    notifier.onChannels([summary(0), { ...summary(1), id: PIER }]);
    expect([...shown.keys()]).toEqual([PIER]);
  });

  it("says nothing of what was read before it was told, and a later message has its whole time", () => {
    notifier.onNewMessage(arrived("read at once"));
    notifier.onChannels([summary(0)]);
    clock.advance(NOTIFY_AFTER_MS);
    expect(showings).toBe(0);
    notifier.onNewMessage(arrived("one more"));
    clock.advance(NOTIFY_AFTER_MS);
    expect(shown.get(HARBOUR)).toEqual({ title: "Ben in Harbour", message: "one more" });
  });

  it("does not cut a text that fits", () => {
    notifier.onNewMessage(arrived("x".repeat(200)));
    clock.advance(NOTIFY_AFTER_MS);
    expect(shown.get(HARBOUR)?.message).toBe("x".repeat(200));
  });

  it("names an unknown author, and cuts a long text", () => {
    notifier.onNewMessage(arrived("x".repeat(5_000), "chat", ""));
    clock.advance(NOTIFY_AFTER_MS);
    const texts = shown.get(HARBOUR);
    expect(texts?.title).toBe("Somebody in Harbour");
    expect(texts?.message).toMatch(/^x{199}…$/);
  });
});
