import {
  type ChannelClient,
  ChannelError,
  type ChannelEvent,
  type ChannelSnapshot,
  type ChannelStatus,
  type EphemeralView,
} from "../../channel/api/channel-client.ts";
import type { ChannelHost, ChannelSummary, CreateRequest } from "../../channel/api/channel-host.ts";
import { asChannelId, asMessageId, asParticipantId, type ChannelId } from "../../sds/wire/ids.ts";

export const CHANNEL = asChannelId("BBBBBBBBBBBBBBBBBBBBBB");

export const STATUS: ChannelStatus = {
  connection: "online",
  peers: 1,
  reason: "",
  waiting: 0,
  reading: null,
  embargoed: 0,
  clockCorrectionMs: 0,
  clockSuggestionMs: null,
  storageProblem: "",
  mistake: false,
};

/**
 * A host of one channel whose ledger is a counter: small enough to hold its answers back and to look inside. The real
 * host runs over the bridge in the contract; this one is for what only the bridge does.
 */
export interface TestHost extends ChannelHost {
  /** Calls of methods, in order. */
  readonly calls: string[];
  /** Until it is let go, no request is answered. */
  hold(): () => void;
  /** Appends `count` events to the ledger. */
  emit(count: number): void;
  setStatus(status: ChannelStatus): void;
  /** Subscriptions and watchers that are not released. */
  live(): number;
}

export function createTestHost(): TestHost {
  const calls: string[] = [];
  const channels: ChannelSummary[] = [];
  const watchers = new Set<(list: readonly ChannelSummary[]) => void>();
  const subscribers = new Set<(event: ChannelEvent) => void>();
  const ephemeralWatchers = new Set<(message: EphemeralView) => void>();
  const statusWatchers = new Set<(status: ChannelStatus) => void>();
  let status = STATUS;
  let seq = 0;
  let gate: Promise<void> = Promise.resolve();

  async function call<T>(name: string, act: () => T): Promise<T> {
    calls.push(name);
    const result = act();
    await gate;
    return result;
  }

  function create(request: CreateRequest): ChannelSummary {
    const id = asChannelId(`${request.name}-${channels.length}`);
    const network = { preset: "local", multiaddrs: [] } as const;
    const made = { id, name: request.name, unread: 0, inviteCode: "hearback1", network };
    channels.push(made);
    for (const watcher of watchers) watcher([...channels]);
    return made;
  }

  function open(channelId: ChannelId): ChannelClient {
    const releases = new Set<() => void>();
    const hold = <T>(set: Set<T>, item: T) => {
      const release = () => {
        set.delete(item);
        releases.delete(release);
      };
      set.add(item);
      releases.add(release);
      return release;
    };
    return {
      channelId,
      snapshot: () => call("snapshot", () => snapshotAt(channelId, seq)),
      newestStored: () => call("newestStored", () => []),
      page: () => call("page", () => ({ entries: [], more: false })),
      subscribe(afterSeq, listener) {
        const teller = (event: ChannelEvent) => listener(event);
        const release = hold(subscribers, teller);
        for (let at = afterSeq + 1; at <= seq && subscribers.has(teller); at++) teller({ kind: "tick", seq: at });
        return release;
      },
      watchStatus(listener) {
        const release = hold(statusWatchers, (value: ChannelStatus) => listener(value));
        listener(status);
        return release;
      },
      send: (request) =>
        call(`send ${request.requestId}`, () => {
          if (request.text === REFUSED) throw new ChannelError("empty", "Write something first.");
          return { id: asMessageId(request.requestId) };
        }),
      sendEphemeral: () => call("sendEphemeral", () => undefined),
      watchEphemeral: (listener) => hold(ephemeralWatchers, (message: EphemeralView) => listener(message)),
      sendAgain: () => call("sendAgain", () => undefined),
      stopSending: () => call("stopSending", () => undefined),
      remove: () => call("remove", () => undefined),
      fetchAgain: () => call("fetchAgain", () => undefined),
      correctClock: () => call("correctClock", () => undefined),
      details: () => call("details", () => unexpected()),
      markRead: () => call("markRead", () => undefined),
      close: () => {
        for (const release of [...releases]) release();
      },
    };
  }

  return {
    calls,
    hold() {
      let letGo = (): void => {};
      gate = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    emit(count) {
      for (let index = 0; index < count; index++) {
        const event: ChannelEvent = { kind: "tick", seq: ++seq };
        for (const subscriber of [...subscribers]) subscriber(event);
      }
    },
    setStatus(next) {
      status = next;
      for (const watcher of [...statusWatchers]) watcher(next);
    },
    live: () => subscribers.size + statusWatchers.size + watchers.size,
    channels: () => call("channels", () => [...channels]),
    watchChannels(listener) {
      watchers.add(listener);
      listener([...channels]);
      return () => watchers.delete(listener);
    },
    create: (request) => call("create", () => create(request)),
    preview: () => call("preview", () => unexpected()),
    join: () => call("join", () => create({ name: "joined", ...REST })),
    open,
    leave: () => call("leave", () => undefined),
    close: async () => {},
  };
}

/** A text that the host on the other side refuses, and this side would not. */
export const REFUSED = "nothing";

const REST = { displayName: "Ada", profile: "community", multiaddrs: null, parameters: {} } as const;
export const CREATE: CreateRequest = { name: "Harbour", ...REST };

/** An error of a kind that nobody foresaw; its words must not cross the bridge. */
function unexpected(): never {
  throw new TypeError("secret detail at 0x1234");
}

function snapshotAt(id: ChannelId, seq: number): ChannelSnapshot {
  return {
    channel: { id, name: "Harbour", profile: "community", inviteCode: "hearback1", levelPercent: 80 },
    me: asParticipantId("s1me"),
    participants: [],
    page: { entries: [], more: false },
    unread: 0,
    seq,
  };
}
