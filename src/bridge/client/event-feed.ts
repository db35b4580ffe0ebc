import type { ChannelEvent } from "../../channel/api/channel-client.ts";
import { callSafely } from "../../runtime/call-safely.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { Topic } from "../protocol/protocol.ts";
import type { Stream, StreamItem } from "./stream-table.ts";

/** The events of one channel for all listeners of this page: one subscription, each listener at its own place. */
export interface EventFeed {
  subscribe(afterSeq: number, listener: (event: ChannelEvent) => void): () => void;
}

interface Follower {
  readonly listener: (event: ChannelEvent) => void;
  /** Sequence number of the last event it was told. */
  seq: number;
}

export function createEventFeed(
  channel: ChannelId,
  openStream: (topic: () => Topic, onItem: (item: StreamItem) => void) => Stream,
): EventFeed {
  const followers = new Set<Follower>();
  let stream: Stream | null = null;
  /** Sequence number of the last event of the subscription, from which it goes on after a reconnect. */
  let position = 0;
  /** Nothing came since the subscription (re)started: a gap now is one that the server cannot fill. */
  let fresh = true;
  /** The server ended the subscription: it goes on with the next listener or reconnect. */
  let ended = false;

  const topic = (): Topic => {
    fresh = true;
    ended = false;
    return { kind: "events", channel, afterSeq: position };
  };

  function follow(follower: Follower): void {
    followers.add(follower);
    if (stream === null) {
      position = follower.seq;
      stream = openStream(topic, onItem);
    } else if (follower.seq < position || ended) {
      // The others hear again what they know, and skip it.
      position = Math.min(position, follower.seq);
      stream.restart();
    }
  }

  function leave(follower: Follower): void {
    followers.delete(follower);
    if (followers.size > 0) return;
    stream?.close();
    stream = null;
  }

  function onItem(item: StreamItem): void {
    if (item.kind === "event") onEvent(item.event);
    if (item.kind !== "ended") return;
    // The channel cannot be read here any more: a listener's new snapshot will say why.
    ended = true;
    tellReset(position, true);
  }

  function onEvent(event: ChannelEvent): void {
    if (event.kind === "reset") {
      reset(event.seq);
      return;
    }
    if (event.seq <= position) return;
    if (event.seq === position + 1) {
      fresh = false;
      position = event.seq;
      tell(event);
      return;
    }
    if (fresh) {
      reset(event.seq);
      return;
    }
    stream?.restart();
  }

  function reset(seq: number): void {
    fresh = false;
    position = seq;
    tellReset(seq, false);
  }

  /** Who is at that very place already has missed nothing. */
  function tellReset(seq: number, always: boolean): void {
    for (const follower of [...followers]) {
      if (!followers.has(follower) || (follower.seq === seq && !always)) continue;
      follower.seq = seq;
      callSafely(() => follower.listener({ kind: "reset", seq }));
    }
  }

  function tell(event: ChannelEvent): void {
    for (const follower of [...followers]) {
      if (!followers.has(follower) || event.seq <= follower.seq) continue;
      follower.seq = event.seq;
      callSafely(() => follower.listener(event));
    }
  }

  return {
    subscribe(afterSeq, listener) {
      const follower: Follower = { listener, seq: afterSeq };
      follow(follower);
      return () => {
        if (followers.has(follower)) leave(follower);
      };
    },
  };
}
