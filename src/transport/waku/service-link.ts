import type { Connection, Libp2p } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { hostOf, isLoopback } from "./addresses.ts";
import { Backoff } from "./backoff.ts";
import { refreshSubscriptions, subscribe, unsubscribe, unsubscribeAll } from "./filter-client.ts";
import type { WakuNetwork } from "./local-network.ts";
import { queryMetadata } from "./metadata-exchange.ts";
import { WakeableSleep } from "./wakeable-sleep.ts";

const DIAL_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 300;
const LAST_PAUSE_MS = 5_000;
/** A refused dial to this machine costs next to nothing. */
const LAST_LOOPBACK_PAUSE_MS = 2_000;
const NUDGE_INTERVAL_MS = 1_000;
/** Service nodes drop subscriptions that are silent for five minutes. */
const REFRESH_INTERVAL_MS = 60_000;
/** A connection that held this long counts as good, and the next pause starts small again. */
const GOOD_CONNECTION_MS = 10_000;

const LOST = "the connection to the service node was lost; trying again";

/** Content topic to the pubsub topic that carries it. */
export type WantedTopics = ReadonlyMap<string, string>;

export interface ServiceLinkOptions {
  readonly libp2p: Libp2p;
  readonly address: string;
  readonly network: WakuNetwork;
  /** Read whenever the link looks after its subscriptions; call `sync` after a change. */
  readonly wanted: WantedTopics;
  /** How often the service node is asked whether the subscriptions still hold. Default 60 s. */
  readonly refreshIntervalMs?: number | undefined;
  /** Called after every change of `connection`, `isReady` or `failure`. */
  readonly onChange: () => void;
}

/**
 * Looks after one service node: dials it, dials again whenever the connection is lost, and keeps every wanted topic
 * subscribed. One loop does all of it, so that there is one order of events to reason about.
 */
export class ServiceLink {
  /** The open connection, if there is one. */
  connection: Connection | undefined;
  /** Why the last attempt failed; `undefined` before the first result and while all is well. */
  failure: string | undefined;

  readonly finished: Promise<void>;

  private readonly options: ServiceLinkOptions;
  private readonly held = new Map<string, string>();
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
    this.options.libp2p.addEventListener("connection:close", this.onConnectionClose);
    this.finished = this.run();
  }

  /** Connected, and the service node agreed to push every wanted topic. */
  get isReady(): boolean {
    return this.connection !== undefined && this.missing().length === 0;
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

  /** Takes leave of the service node, so that it does not push into the void until the subscription expires. */
  async leave(timeoutMs: number): Promise<void> {
    if (this.connection !== undefined && this.held.size > 0) {
      await unsubscribeAll(this.connection, timeoutMs).catch(() => undefined);
    }
  }

  /** Ends the loop; `finished` tells when it has ended, at the latest when libp2p has closed the connection. */
  stop(): void {
    this.stopSignal.abort();
    this.options.libp2p.removeEventListener("connection:close", this.onConnectionClose);
    this.alarm.wake();
  }

  private readonly onConnectionClose = (event: CustomEvent<Connection>): void => {
    if (event.detail.id === this.connection?.id) {
      this.lose(LOST);
      this.alarm.wake();
    }
  };

  private async run(): Promise<void> {
    while (!this.isStopped()) {
      const startedAt = Date.now();
      try {
        const connection = await this.dial();
        await this.hold(connection);
      } catch (error) {
        this.lose(error instanceof Error ? error.message : String(error));
      }
      if (Date.now() - startedAt > GOOD_CONNECTION_MS) {
        this.backoff.reset();
      }
      if (!this.isStopped()) {
        await this.alarm.sleep(this.backoff.pause());
      }
    }
  }

  private async dial(): Promise<Connection> {
    const { libp2p, address } = this.options;
    const signal = AbortSignal.any([this.stopSignal.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
    this.isDialing = true;
    this.dialedAt = Date.now();
    try {
      return await libp2p.dial(multiaddr(address), { signal });
    } catch (error) {
      throw new Error(`the service node at ${hostOf(address)} does not answer; is it running?`, { cause: error });
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
          await this.refresh(connection);
        }
        await this.reconcile(connection);
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
    const { network, address } = this.options;
    const metadata = await queryMetadata(connection, network.clusterId);
    if (metadata?.clusterId !== undefined && metadata.clusterId !== network.clusterId) {
      await connection.close().catch(() => undefined);
      throw new Error(
        `the service node at ${hostOf(address)} serves Waku cluster ${metadata.clusterId}, not ${network.clusterId}`,
      );
    }
  }

  private async refresh(connection: Connection): Promise<void> {
    this.refreshAt = Date.now() + this.refreshIntervalMs;
    if (this.held.size === 0) {
      return;
    }
    try {
      const isKnown = await refreshSubscriptions(connection);
      if (!isKnown) {
        this.held.clear();
        // Announced before subscribing again: what passed meanwhile was missed, and has to be fetched from a Store.
        this.options.onChange();
      }
    } catch (error) {
      // Unknown whether they hold, so they do not; subscribing again is harmless.
      this.held.clear();
      throw error;
    }
  }

  private async reconcile(connection: Connection): Promise<void> {
    const { wanted } = this.options;
    for (const [pubsubTopic, contentTopics] of groupByPubsubTopic(this.missing())) {
      await subscribe(connection, pubsubTopic, contentTopics);
      for (const contentTopic of contentTopics) {
        this.held.set(contentTopic, pubsubTopic);
      }
    }
    const unwanted = [...this.held].filter(([contentTopic]) => !wanted.has(contentTopic));
    for (const [pubsubTopic, contentTopics] of groupByPubsubTopic(unwanted)) {
      for (const contentTopic of contentTopics) {
        this.held.delete(contentTopic);
      }
      await unsubscribe(connection, pubsubTopic, contentTopics);
    }
  }

  private missing(): [string, string][] {
    return [...this.options.wanted].filter(([contentTopic]) => !this.held.has(contentTopic));
  }

  private lose(reason: string): void {
    this.connection = undefined;
    this.held.clear();
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

function groupByPubsubTopic(topics: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [contentTopic, pubsubTopic] of topics) {
    const group = groups.get(pubsubTopic);
    if (group === undefined) {
      groups.set(pubsubTopic, [contentTopic]);
    } else {
      group.push(contentTopic);
    }
  }
  return groups;
}
