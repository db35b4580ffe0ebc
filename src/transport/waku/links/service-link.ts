import type { Connection, Libp2p } from "@libp2p/interface";
import type { IMetadata, ShardInfo } from "@waku/interfaces";
import type { WakuNetwork } from "../wire/local-network.ts";
import type { FilterProtocol } from "../wire/sdk-parts.ts";
import { hostOf, isLoopback } from "./addresses.ts";
import { Backoff } from "./backoff.ts";
import { dialServiceNode } from "./dial.ts";
import type { FilterBook } from "./filter-book.ts";
import type { IdentifyWatch } from "./identify-watch.ts";
import { SubscriptionKeeper } from "./subscription-keeper.ts";
import type { TopicRegistry } from "./topic-registry.ts";
import { WakeableSleep } from "./wakeable-sleep.ts";

const DIAL_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 300;
const LAST_PAUSE_MS = 5_000;
/** A refused dial to this machine costs next to nothing. */
const LAST_LOOPBACK_PAUSE_MS = 2_000;
const NUDGE_INTERVAL_MS = 1_000;
/** Service nodes drop subscriptions that are silent for five minutes. */
const REFRESH_INTERVAL_MS = 60_000;
/** After a connection that held this long, or a dial that waited so long in vain, the next pause starts small again. */
const LONG_ATTEMPT_MS = 5_000;

const LOST = "the connection to the service node was lost; trying again";

/** What the links to all service nodes share. */
export interface LinkParts {
  readonly libp2p: Libp2p;
  readonly identified: IdentifyWatch;
  readonly metadata: IMetadata;
  readonly filter: FilterProtocol;
  readonly book: FilterBook;
}

export interface ServiceLinkOptions {
  readonly parts: LinkParts;
  readonly address: string;
  readonly network: WakuNetwork;
  /** Read whenever the link looks after its subscriptions; call `sync` after a change. */
  readonly topics: TopicRegistry;
  /** How often the service node is asked whether the subscriptions still hold. Default 60 s. */
  readonly refreshIntervalMs?: number | undefined;
  /** Called after every change of `connection`, `isReady` or `failure`. */
  readonly onChange: () => void;
}

/**
 * Looks after one service node: dials it, dials again whenever the connection is lost, and sees to it that every wanted
 * topic is subscribed. The SDK does both too, but dials again only after seconds and forgets a subscription that
 * failed. One loop does all of it, so that there is one order of events to reason about.
 */
export class ServiceLink {
  /** The open connection, if there is one. */
  connection: Connection | undefined;
  /** Why the last attempt failed; `undefined` before the first result and while all is well. */
  failure: string | undefined;

  readonly finished: Promise<void>;

  private readonly options: ServiceLinkOptions;
  private readonly keeper: SubscriptionKeeper;
  private readonly alarm = new WakeableSleep();
  private readonly backoff: Backoff;
  private readonly stopSignal = new AbortController();
  private readonly refreshIntervalMs: number;
  private refreshAt = 0;
  private dialedAt = 0;
  private isDialing = false;

  constructor(options: ServiceLinkOptions) {
    this.options = options;
    this.refreshIntervalMs = options.refreshIntervalMs ?? REFRESH_INTERVAL_MS;
    const lastPauseMs = isLoopback(options.address) ? LAST_LOOPBACK_PAUSE_MS : LAST_PAUSE_MS;
    this.backoff = new Backoff(FIRST_PAUSE_MS, lastPauseMs);
    this.keeper = new SubscriptionKeeper(options.parts.filter, options.parts.book, options.topics);
    options.parts.libp2p.addEventListener("connection:open", this.onConnectionOpen);
    options.parts.libp2p.addEventListener("connection:close", this.onConnectionClose);
    this.finished = this.run();
  }

  /** Connected, and the service node agreed to push every wanted topic. */
  get isReady(): boolean {
    const { connection } = this;
    return connection !== undefined && this.keeper.holdsAll(connection.remotePeer);
  }

  /** Brings the subscriptions in line with the wanted topics, now. */
  sync(): void {
    this.alarm.wake();
  }

  /** Asks the service node now whether it still pushes to us. */
  checkSubscriptions(): void {
    this.refreshAt = 0;
    this.alarm.wake();
  }

  /** Dials now instead of at the end of the pause, unless it has only just dialed. */
  nudge(): void {
    if (this.connection === undefined && !this.isDialing && Date.now() - this.dialedAt > NUDGE_INTERVAL_MS) {
      this.alarm.wake();
    }
  }

  /** Ends the loop; `finished` tells when it has ended, at the latest when libp2p has closed the connection. */
  stop(): void {
    const { libp2p } = this.options.parts;
    this.stopSignal.abort();
    libp2p.removeEventListener("connection:open", this.onConnectionOpen);
    libp2p.removeEventListener("connection:close", this.onConnectionClose);
    this.alarm.wake();
  }

  /** The SDK dials too, and it may be first; a second connection makes the subscriptions uncertain. */
  private readonly onConnectionOpen = ({ detail }: CustomEvent<Connection>): void => {
    if (!this.isDialing && this.isOurs(detail)) {
      this.alarm.wake();
    }
  };

  private readonly onConnectionClose = ({ detail }: CustomEvent<Connection>): void => {
    if (detail.id === this.connection?.id) {
      this.lose(LOST);
    }
    if (!this.isDialing && this.isOurs(detail)) {
      this.alarm.wake();
    }
  };

  private isOurs({ remotePeer }: Connection): boolean {
    return this.options.address.includes(`/p2p/${remotePeer.toString()}`);
  }

  private async run(): Promise<void> {
    while (!this.isStopped()) {
      const startedAt = Date.now();
      try {
        const connection = await this.dial();
        await this.hold(connection);
      } catch (error) {
        this.lose(error instanceof Error ? error.message : String(error));
      }
      if (Date.now() - startedAt > LONG_ATTEMPT_MS) {
        this.backoff.reset();
      }
      if (!this.isStopped()) {
        await this.alarm.sleep(this.backoff.pause());
      }
    }
  }

  private async dial(): Promise<Connection> {
    const { address } = this.options;
    const { libp2p } = this.options.parts;
    const signal = AbortSignal.any([this.stopSignal.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
    this.isDialing = true;
    this.dialedAt = Date.now();
    try {
      return await dialServiceNode(libp2p, address, signal);
    } finally {
      this.isDialing = false;
    }
  }

  /** Returns or throws once the connection is of no more use. */
  private async hold(connection: Connection): Promise<void> {
    await this.checkNetwork(connection);
    this.connection = connection;
    this.failure = undefined;
    this.options.onChange();
    this.refreshAt = Date.now() + this.refreshIntervalMs;
    const retry = new Backoff(FIRST_PAUSE_MS, LAST_PAUSE_MS);
    while (!this.isStopped() && this.isHolding(connection)) {
      let pause: number;
      try {
        if (Date.now() >= this.refreshAt) {
          this.refreshAt = Date.now() + this.refreshIntervalMs;
          await this.keeper.check(connection.remotePeer);
        }
        await this.keeper.reconcile(connection.remotePeer);
        retry.reset();
        this.failure = undefined;
        pause = Math.max(0, this.refreshAt - Date.now());
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        pause = retry.pause();
      }
      this.options.onChange();
      if (this.isHolding(connection) && !this.isStopped()) {
        await this.alarm.sleep(pause);
      }
    }
    if (this.connection === connection) {
      this.lose(LOST);
    }
  }

  private async checkNetwork(connection: Connection): Promise<void> {
    const { network, address, parts } = this.options;
    await parts.identified.identify(connection);
    const clusterId = (await queryNetwork(parts.metadata, connection))?.clusterId;
    if (clusterId !== undefined && clusterId !== network.clusterId) {
      await connection.close().catch(() => undefined);
      throw new Error(
        `the service node at ${hostOf(address)} serves Waku cluster ${clusterId}, not ${network.clusterId}`,
      );
    }
  }

  private lose(reason: string): void {
    this.connection = undefined;
    if (!this.isStopped()) {
      this.failure = reason;
      this.options.onChange();
    }
  }

  private isHolding(connection: Connection): boolean {
    return this.connection === connection && connection.status === "open";
  }

  private isStopped(): boolean {
    return this.stopSignal.signal.aborted;
  }
}

/** `undefined` if the node does not say, as small ones do. */
async function queryNetwork(metadata: IMetadata, connection: Connection): Promise<ShardInfo | undefined> {
  try {
    return (await metadata.query(connection.remotePeer)).shardInfo ?? undefined;
  } catch (error) {
    if (connection.status !== "open") {
      throw error;
    }
    return undefined;
  }
}
