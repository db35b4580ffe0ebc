import type { Connection, Libp2p, PeerId } from "@libp2p/interface";
import type { IMetadata } from "@waku/interfaces";
import type { Clock, Random } from "../../../runtime/port.ts";
import { hostOf, isLoopback } from "../dialling/addresses.ts";
import { type Backoff, createBackoff } from "../dialling/backoff.ts";
import { AnotherNetworkError, checkNetwork } from "../dialling/check-network.ts";
import { dialServiceNode } from "../dialling/dial.ts";
import type { IdentifyWatch } from "../dialling/identify-watch.ts";
import type { LeftAlone } from "../dialling/left-alone.ts";
import { createWakeableSleep } from "../dialling/wakeable-sleep.ts";
import type { Arrivals } from "../liveness/arrivals.ts";
import { createDoubt } from "../liveness/doubt.ts";
import { createPingStream } from "../liveness/ping-stream.ts";
import { createPulse, type Pulse } from "../liveness/pulse.ts";
import type { WakuNetwork } from "../wire/local-network.ts";
import type { FilterProtocol } from "../wire/sdk-parts.ts";
import type { FilterBook } from "./filter-book.ts";
import { createSubscriptionKeeper } from "./subscription-keeper.ts";
import type { TopicRegistry } from "./topic-registry.ts";

const DIAL_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 300;
const LAST_PAUSE_MS = 5_000;
/** A refused dial to this machine costs next to nothing. */
const LAST_LOOPBACK_PAUSE_MS = 2_000;
const NUDGE_INTERVAL_MS = 1_000;
/** After a connection that held this long, or a dial that waited so long in vain, the next pause starts small again. */
const LONG_ATTEMPT_MS = 5_000;

const LOST = "the connection to the service node was lost; trying again";

/** What the links to all service nodes share. */
export interface LinkParts {
  readonly libp2p: Libp2p;
  readonly arrivals: Pick<Arrivals, "lastOver">;
  readonly leftAlone: LeftAlone;
  readonly identified: IdentifyWatch;
  readonly metadata: Pick<IMetadata, "query">;
  readonly filter: FilterProtocol;
  readonly book: FilterBook;
}

/** How all links of a network behave. */
export interface LinkRules {
  readonly network: WakuNetwork;
  /** Read whenever a link looks after its subscriptions; call `sync` after a change. */
  readonly topics: TopicRegistry;
  /** How often a service node is asked whether the subscriptions still hold. Half as often while nobody looks. */
  readonly refreshIntervalMs: number;
  /** A connection over which nothing comes for this long, though it was asked, is dead. */
  readonly silenceLimitMs: number;
  /** Whether somebody looks, so that a dead connection should be seen soon. */
  readonly isAttended: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ServiceLinkOptions extends LinkRules {
  readonly parts: LinkParts;
  readonly address: string;
  /** Called after every change of `connection`, `isReady`, `isQuiet` or `failure`. */
  readonly onChange: () => void;
  /** What was said in the last so many milliseconds may have been pushed elsewhere: history should be read again. */
  readonly onDoubt: (agoMs: number) => void;
}

/**
 * Looks after one service node: dials it, dials again whenever the connection is lost, and sees to it that every wanted
 * topic is subscribed. The SDK does both too, but dials again only after seconds and forgets a subscription that
 * failed. One loop does all of it, so that there is one order of events to reason about.
 */
export interface ServiceLink {
  /** The open connection, if there is one. */
  connection(): Connection | undefined;
  /** Why the last attempt failed; `undefined` before the first result and while all is well. */
  failure(): string | undefined;
  /** Connected, and the service node agreed to push every wanted topic; or this one, whatever else is wanted. */
  isReady(contentTopic?: string): boolean;
  /** The service node has left a question without an answer for some seconds. */
  isQuiet(): boolean;
  /** It may still push into a connection that we had before. */
  isDoubtful(): boolean;
  /** Something that is to be answered was sent to it. */
  asked(): void;
  /** It has pushed something over the present connection. */
  pushed(): void;
  /** Brings the subscriptions in line with the wanted topics, now. */
  sync(): void;
  /** Asks the service node now whether it still pushes to us; something of it was lost. */
  checkSubscriptions(): void;
  /** Dials now instead of at the end of the pause, unless it has only just dialed. */
  nudge(): void;
  /** Ends the loop; `finished` tells when it has ended, at the latest when libp2p has closed the connection. */
  stop(): void;
  readonly finished: Promise<void>;
}

/** Starts to dial at once. */
export function createServiceLink(options: ServiceLinkOptions): ServiceLink {
  const { parts, address, network, topics, clock, random, onChange, onDoubt } = options;
  const { libp2p, arrivals, leftAlone, identified, metadata, filter, book } = parts;
  const keeper = createSubscriptionKeeper({ filter, book, topics });
  const alarm = createWakeableSleep(clock);
  const lastMs = isLoopback(address) ? LAST_LOOPBACK_PAUSE_MS : LAST_PAUSE_MS;
  const dialPauses = createBackoff({ firstMs: FIRST_PAUSE_MS, lastMs, random });
  const stopping = new AbortController();
  const doubt = createDoubt(clock);
  let pulse: Pulse | undefined;
  let wasConnected = false;
  let held: Connection | undefined;
  let failure: string | undefined;
  let refreshAt = 0;
  let dialedAt = 0;
  let connecting = false;
  /** Those that were of no use. That they close, which we did, is no news. */
  const useless = new WeakSet<Connection>();

  const isStopped = (): boolean => stopping.signal.aborted;
  const isHolding = (connection: Connection): boolean => held === connection && connection.status === "open";
  const isOurs = ({ remotePeer }: Connection): boolean => address.includes(`/p2p/${remotePeer.toString()}`);

  async function run(): Promise<void> {
    while (!isStopped()) {
      const startedAt = clock.now();
      try {
        await hold(await connect());
      } catch (error) {
        lose(wordsOf(error));
        if (error instanceof AnotherNetworkError) leftAlone.note(address, "another-network");
      }
      if (clock.now() - startedAt > LONG_ATTEMPT_MS) dialPauses.reset();
      if (!isStopped()) await alarm.sleep(dialPauses.pause());
      await leaveAlone();
    }
  }

  /** Nothing hurries the next dial to a service node that floods, or that serves another network: its words stay. */
  async function leaveAlone(): Promise<void> {
    while (!isStopped() && leftAlone.until(address) > 0) {
      const isFlood = leftAlone.why(address) === "flood";
      if (isFlood)
        lose(`the service node at ${hostOf(address)} sent more than it may, and is left alone for some minutes`);
      await alarm.sleep(leftAlone.until(address) - clock.now());
    }
  }

  /** A connection to a service node of this network. What happens to it until then is no reason to hurry the next one. */
  async function connect(): Promise<Connection> {
    connecting = true;
    dialedAt = clock.now();
    try {
      const connection = await dial();
      await checkNetwork(connection, { identified, metadata, address, clusterId: network.clusterId }).catch((error) => {
        useless.add(connection);
        throw error;
      });
      return connection;
    } finally {
      connecting = false;
    }
  }

  async function dial(): Promise<Connection> {
    const limit = new AbortController();
    const cancelLimit = clock.schedule(DIAL_TIMEOUT_MS, () => limit.abort());
    try {
      return await dialServiceNode(libp2p, address, AbortSignal.any([stopping.signal, limit.signal]));
    } finally {
      cancelLimit();
    }
  }

  /** Returns or throws once the connection is of no more use. */
  async function hold(connection: Connection): Promise<void> {
    held = connection;
    failure = undefined;
    refreshAt = nextRefresh();
    if (wasConnected) doubt.begin();
    wasConnected = true;
    const pings = createPingStream(connection, random);
    pulse = pulseOf(connection, pings.ping);
    onChange();
    const pauses = createBackoff({ firstMs: FIRST_PAUSE_MS, lastMs: LAST_PAUSE_MS, random });
    try {
      while (!isStopped() && isHolding(connection)) {
        const pauseMs = await lookAfter(connection.remotePeer, pauses);
        onChange();
        if (isHolding(connection) && !isStopped()) await alarm.sleep(pauseMs);
      }
    } finally {
      pulse.stop();
      pings.close();
    }
    if (held === connection) lose(LOST);
  }

  function pulseOf(connection: Connection, ping: () => Promise<void>): Pulse {
    return createPulse({
      ...{ ping, clock, onChange, silenceLimitMs: options.silenceLimitMs, isAttended: options.isAttended },
      heardAt: () => arrivals.lastOver(connection),
      onDead: () => connection.abort(new Error("the service node does not answer any more")),
    });
  }

  /** One look at the subscriptions; returns after how long the next one is due. */
  async function lookAfter(peer: PeerId, pauses: Backoff): Promise<number> {
    const isDoubtful = clock.now() >= doubt.dueAt();
    if (isDoubtful) {
      // Before the question: its answer may take seconds, and words that are late do not wait for it.
      onDoubt(doubt.lastsMs());
      doubt.looked();
    }
    try {
      if (isDoubtful || clock.now() >= refreshAt) {
        refreshAt = nextRefresh();
        await keeper.check(peer);
      }
      await keeper.reconcile(peer);
      pauses.reset();
      failure = undefined;
    } catch (error) {
      failure = wordsOf(error);
    }
    const dueAt = Math.min(refreshAt, doubt.dueAt());
    return failure === undefined ? Math.max(0, dueAt - clock.now()) : pauses.pause();
  }

  function nextRefresh(): number {
    return clock.now() + options.refreshIntervalMs * (options.isAttended() ? 1 : 2);
  }

  function lose(reason: string): void {
    held = undefined;
    if (isStopped()) return;
    failure = reason;
    onChange();
  }

  /** The SDK dials too, and it may be first; a second connection makes the subscriptions uncertain. */
  function onConnectionOpen({ detail }: CustomEvent<Connection>): void {
    if (!connecting && isOurs(detail)) alarm.wake();
  }

  function onConnectionClose({ detail }: CustomEvent<Connection>): void {
    if (detail.id === held?.id) lose(LOST);
    if (!connecting && isOurs(detail) && !useless.has(detail)) alarm.wake();
  }

  libp2p.addEventListener("connection:open", onConnectionOpen);
  libp2p.addEventListener("connection:close", onConnectionClose);

  return {
    connection: () => held,
    failure: () => failure,
    isReady: (contentTopic) => {
      if (held === undefined) return false;
      return contentTopic === undefined
        ? keeper.holdsAll(held.remotePeer)
        : keeper.holds(held.remotePeer, contentTopic);
    },
    isQuiet: () => held !== undefined && pulse?.isQuiet() === true,
    isDoubtful: doubt.exists,
    asked: () => pulse?.asked(),
    pushed: doubt.end,
    sync: () => alarm.wake(),
    checkSubscriptions: () => {
      refreshAt = 0;
      doubt.lost();
      alarm.wake();
    },
    nudge: () => {
      if (held === undefined && !connecting && clock.now() - dialedAt > NUDGE_INTERVAL_MS) alarm.wake();
    },
    stop: () => {
      stopping.abort();
      libp2p.removeEventListener("connection:open", onConnectionOpen);
      libp2p.removeEventListener("connection:close", onConnectionClose);
      alarm.wake();
    },
    finished: run(),
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
