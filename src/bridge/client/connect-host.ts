import type { ChannelStatus, EphemeralView } from "../../channel/api/channel-client.ts";
import type { ChannelHost, ChannelSummary } from "../../channel/api/channel-host.ts";
import { checkedListener } from "../../channel/api/checks.ts";
import { checkedChannelId, checkedCreate, checkedInvite, checkedJoin } from "../../channel/api/host-checks.ts";
import { STATUS_NOT_KNOWN } from "../../channel/api/status-not-known.ts";
import type { Clock, Random } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { systemRandom } from "../../runtime/system-random.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { BridgePort } from "../ports/port.ts";
import type { ServerMessage } from "../protocol/protocol.ts";
import { randomName } from "../protocol/random-name.ts";
import { createConnection, DEFAULT_RECONNECT, type ReconnectPolicy } from "./connection.ts";
import { type ConnectionState, finalError } from "./connection-state.ts";
import { createEventFeed } from "./event-feed.ts";
import { createLiveFeed, type LiveFeed } from "./live-feed.ts";
import { type ChannelFeeds, createRemoteClient } from "./remote-client.ts";
import { createRequestTable } from "./request-table.ts";
import { createStreamTable } from "./stream-table.ts";
import { createValueFeed, type ValueFeed } from "./value-feed.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const PING_MS = 20_000;
/** A worker that restarts is back sooner; nobody need see that it was away. */
const STATUS_GRACE_MS = 1_000;

export interface ConnectOptions {
  /** When a request that got no answer rejects with `timeout`. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** How a port that closed is opened again. */
  readonly reconnect?: ReconnectPolicy;
  /** How often the other side is asked whether it is still there. Default 20 s. */
  readonly pingMs?: number;
  /** Told of each change; in `lost` and `incompatible` only reloading the page helps. */
  readonly onState?: (state: ConnectionState) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * The host on the other side of the bridge. Everything settles: with its answer, or with `timeout`, `disconnected` (the
 * port is gone for good), `unsupported` (versions do not fit), `closed` (by `close()`). `close()` ends this connection
 * only; the host itself serves others.
 *
 * `source`: how to open a port, again when it closes; or one port that cannot be opened again (a MessagePort that was
 * handed over), whose end is the end.
 */
export function connectHost(source: BridgePort | (() => BridgePort), options: ConnectOptions = {}): ChannelHost {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const requests = createRequestTable({
    clock,
    timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    post: (message) => connection.post(message),
  });
  const streams = createStreamTable((message) => connection.post(message));
  const feeds = new Map<ChannelId, ChannelFeeds>();
  const channels: ValueFeed<readonly ChannelSummary[]> = createValueFeed(() =>
    streams.open(
      () => ({ kind: "channels" }),
      (item) => item.kind === "channels" && channels.offer(item.channels),
    ),
  );
  let cancelGrace = (): void => {};
  /** What the page itself knows of the status while the other side cannot be heard. */
  let ownStatus: Pick<ChannelStatus, "connection" | "reason"> | null = null;

  function feedsOf(channel: ChannelId): ChannelFeeds {
    const known = feeds.get(channel);
    if (known !== undefined) return known;
    const status: ValueFeed<ChannelStatus> = createValueFeed(() =>
      streams.open(
        () => ({ kind: "status", channel }),
        (item) => {
          if (item.kind === "status") status.offer(item.status);
          else if (item.kind === "ended") offerOwn(status, { connection: "closed", reason: item.error.message });
        },
      ),
    );
    const ephemeral: LiveFeed<EphemeralView> = createLiveFeed(() =>
      streams.open(
        () => ({ kind: "ephemeral", channel }),
        (item) => item.kind === "ephemeral" && ephemeral.offer(item.message),
      ),
    );
    const made = { events: createEventFeed(channel, streams.open), status: startingWithOwn(status), ephemeral };
    feeds.set(channel, made);
    return made;
  }

  /** Who begins to watch while the other side is away hears that at once. */
  function startingWithOwn(feed: ValueFeed<ChannelStatus>): ValueFeed<ChannelStatus> {
    return {
      ...feed,
      watch(listener) {
        const release = feed.watch(listener);
        if (ownStatus !== null && feed.latest() === null) offerOwn(feed, ownStatus);
        return release;
      },
    };
  }

  function tellOwnStatus(connectionState: ChannelStatus["connection"], reason: string): void {
    ownStatus = { connection: connectionState, reason };
    for (const { status } of feeds.values()) offerOwn(status, ownStatus);
  }

  function onState(state: ConnectionState): void {
    cancelGrace();
    const error = finalError(state);
    if (error !== null) {
      requests.fail(error);
      tellOwnStatus("closed", error.message);
    } else if (state.kind === "connected") {
      ownStatus = null;
    } else {
      if (state.kind !== "silent") requests.pause();
      const away = "Hearback is starting again in the background.";
      cancelGrace = clock.schedule(STATUS_GRACE_MS, () => tellOwnStatus("connecting", away));
    }
    options.onState?.(state);
  }

  function onMessage(message: ServerMessage): void {
    switch (message.kind) {
      case "response":
        requests.onResponse(message);
        return;
      case "event":
      case "status":
      case "ephemeral":
      case "channels":
      case "ended":
        streams.onItem(message);
        return;
      case "welcome":
      case "unsupported":
      case "invalid":
      case "pong":
      case "bye":
        return;
      default:
        message satisfies never;
    }
  }

  const connection = createConnection({
    openPort: typeof source === "function" ? source : () => source,
    reconnect: typeof source === "function" ? (options.reconnect ?? DEFAULT_RECONNECT) : null,
    pingMs: options.pingMs ?? PING_MS,
    client: randomName(random),
    clock,
    random,
    onState,
    onMessage,
    onWelcome(server) {
      requests.resume(server);
      streams.resume();
    },
  });

  return {
    channels: () => requests.askHost("channels", {}),
    watchChannels: (listener) => channels.watch(checkedListener(listener)),
    create: async (request) => requests.askHost("create", checkedCreate(request)),
    preview: async (invite) => requests.askHost("preview", { invite: checkedInvite(invite) }),
    join: async (request) => requests.askHost("join", checkedJoin(request)),
    open: (id) => {
      const channel = checkedChannelId(id);
      return createRemoteClient(channel, requests, feedsOf(channel));
    },
    leave: async (channel) => {
      await requests.askHost("leave", { channel: checkedChannelId(channel) });
    },
    close: async () => connection.close(),
  };
}

function offerOwn(feed: ValueFeed<ChannelStatus>, own: Pick<ChannelStatus, "connection" | "reason">): void {
  feed.offer({ ...STATUS_NOT_KNOWN, ...feed.latest(), ...own, peers: 0 });
}
