import type { Connection, Libp2p } from "@libp2p/interface";
import { HealthSignal } from "../health-signal.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  type InboundFrame,
  type OutboundFrame,
  type PublishReceipt,
  type Transport,
  TransportError,
  type TransportHealth,
  type Unsubscribe,
} from "../port.ts";
import { SendQueue } from "../send-queue.ts";
import { TopicListeners } from "../topic-listeners.ts";
import { FILTER_PUSH_CODEC, MAX_WAKU_MESSAGE_BYTES } from "./codecs.ts";
import { type PushListener, pushStreamHandler } from "./filter-client.ts";
import { createLightLibp2p } from "./light-node.ts";
import { lightpush } from "./lightpush-client.ts";
import type { WakuNetwork } from "./local-network.ts";
import { RecentHashes } from "./recent-hashes.ts";
import { ServiceLink } from "./service-link.ts";
import { queryStore } from "./store-client.ts";
import {
  encodedSize,
  pubsubTopicOf,
  toInboundFrame,
  toWakuMessage,
  type WakuMessage,
  wakuMessageHash,
} from "./wire.ts";

export interface WakuTransportOptions {
  readonly network: WakuNetwork;
  /** After this long a publish rejects with `timeout`, waiting for its turn included. Default 10 s. */
  readonly publishTimeoutMs?: number;
  /** How often service nodes are asked whether they still push to us. Default 60 s. */
  readonly refreshIntervalMs?: number;
}

const PUBLISH_TIMEOUT_MS = 10_000;
const HISTORY_CONNECT_TIMEOUT_MS = 10_000;
/** A connection has 64 streams per protocol; the rest is left to other traffic. */
const MAX_IN_FLIGHT = 16;
/** Each message goes to this many service nodes, if there are so many. One that takes it is enough. */
const NODES_PER_PUBLISH = 2;
const REMEMBERED_HASHES = 4096;
const LEAVE_TIMEOUT_MS = 300;

/**
 * A light client of a Waku network: lightpush, filter and Store of its service nodes. Connects at once in the background
 * and restores connections and subscriptions by itself. It is `online` only while at least one service node has agreed
 * to push every subscribed topic, so whoever queries history after `online` misses nothing in between.
 */
export function createWakuTransport(options: WakuTransportOptions): Transport {
  return new WakuTransport(options);
}

class WakuTransport implements Transport, PushListener {
  private readonly network: WakuNetwork;
  private readonly refreshIntervalMs: number | undefined;
  private readonly queue: SendQueue<PublishReceipt>;
  private readonly signal = new HealthSignal({ kind: "connecting" });
  private readonly listeners = new TopicListeners();
  private readonly wanted = new Map<string, string>();
  private readonly seen = new RecentHashes(REMEMBERED_HASHES);
  private readonly started: Promise<void>;
  private libp2p: Libp2p | undefined;
  private links: ServiceLink[] = [];
  private startFailure: string | undefined;
  private closing: Promise<void> | undefined;

  constructor(options: WakuTransportOptions) {
    this.network = options.network;
    this.refreshIntervalMs = options.refreshIntervalMs;
    this.queue = new SendQueue(MAX_IN_FLIGHT, options.publishTimeoutMs ?? PUBLISH_TIMEOUT_MS);
    this.started = this.start();
  }

  async publish(frame: OutboundFrame): Promise<PublishReceipt> {
    this.requireOpen();
    const pubsubTopic = this.topicOf(frame.contentTopic);
    const message = toWakuMessage(frame);
    const bytes = encodedSize(message);
    if (bytes > MAX_WAKU_MESSAGE_BYTES) {
      throw new TransportError("too-large", `${bytes} bytes are above Waku's limit of ${MAX_WAKU_MESSAGE_BYTES}`);
    }
    if (this.signal.value.kind === "offline") {
      this.nudge();
      throw this.offlineError();
    }
    return await this.queue.add((deadline) => this.send(pubsubTopic, message, deadline));
  }

  subscribe(contentTopic: string, listener: (frame: InboundFrame) => void): Unsubscribe {
    this.requireOpen();
    const pubsubTopic = this.topicOf(contentTopic);
    const remove = this.listeners.add(contentTopic, listener);
    if (!this.wanted.has(contentTopic)) {
      this.wanted.set(contentTopic, pubsubTopic);
      this.syncLinks();
    }
    return () => {
      remove();
      if (!this.listeners.has(contentTopic) && this.wanted.delete(contentTopic)) {
        this.syncLinks();
      }
    };
  }

  async *queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    this.requireOpen();
    const pubsubTopic = this.topicOf(query.contentTopic);
    let failure: unknown;
    for (const connection of await this.awaitConnections()) {
      let hasYielded = false;
      try {
        for await (const page of queryStore(connection, query, pubsubTopic)) {
          hasYielded = true;
          yield page;
        }
        return;
      } catch (error) {
        this.requireOpen();
        failure = error instanceof TransportError ? error : senselessAnswer(error);
        // Going on with another Store would repeat or skip messages.
        if (hasYielded) {
          break;
        }
      }
    }
    throw failure ?? this.offlineError();
  }

  health(): TransportHealth {
    return this.signal.value;
  }

  onHealth(listener: (health: TransportHealth) => void): Unsubscribe {
    return this.signal.onChange(listener);
  }

  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  private async start(): Promise<void> {
    try {
      const libp2p = await createLightLibp2p(this.network.clusterId);
      this.libp2p = libp2p;
      await libp2p.handle(FILTER_PUSH_CODEC, pushStreamHandler(this), { maxInboundStreams: 256 });
      if (this.closing === undefined) {
        this.openLinks(libp2p);
      }
    } catch (error) {
      this.startFailure = `the network layer did not start: ${String(error)}`;
      this.update();
    }
  }

  private openLinks(libp2p: Libp2p): void {
    const { network, wanted, refreshIntervalMs } = this;
    const onChange = (): void => this.update();
    this.links = network.multiaddrs.map(
      (address) => new ServiceLink({ libp2p, address, network, wanted, refreshIntervalMs, onChange }),
    );
    globalThis.addEventListener?.("online", this.nudge);
    this.update();
  }

  private async stop(): Promise<void> {
    globalThis.removeEventListener?.("online", this.nudge);
    this.queue.pause();
    this.queue.rejectAll(closedError);
    this.signal.set({ kind: "closed" });
    this.signal.clear();
    this.listeners.clear();
    await this.started;
    // Unsubscribing needs the connection, so it comes before libp2p stops; a dead service node must not hold us up.
    await Promise.all(this.links.map((link) => link.leave(LEAVE_TIMEOUT_MS)));
    for (const link of this.links) {
      link.stop();
    }
    await this.libp2p?.stop();
    await Promise.all(this.links.map((link) => link.finished));
  }

  private async send(pubsubTopic: string, message: WakuMessage, deadline: number): Promise<PublishReceipt> {
    const timeoutMs = Math.max(1, deadline - Date.now());
    const connections = this.connections().slice(0, NODES_PER_PUBLISH);
    if (connections.length === 0) {
      throw this.offlineError();
    }
    try {
      await Promise.any(connections.map((connection) => lightpush(connection, pubsubTopic, message, timeoutMs)));
    } catch (error) {
      throw this.closing === undefined ? worthiestError(error) : closedError();
    }
    return { hash: wakuMessageHash(message, pubsubTopic) };
  }

  onMessage(pubsubTopic: string, message: WakuMessage): void {
    if (this.wanted.get(message.contentTopic) !== pubsubTopic) {
      return;
    }
    const frame = toInboundFrame(message, pubsubTopic);
    if (this.seen.add(frame.hash)) {
      this.listeners.emit(frame);
    }
  }

  onBroken(connection: Connection): void {
    this.links.find((link) => link.connection?.id === connection.id)?.checkSubscriptions();
  }

  private readonly nudge = (): void => {
    for (const link of this.links) {
      link.nudge();
    }
  };

  private syncLinks(): void {
    for (const link of this.links) {
      link.sync();
    }
    this.update();
  }

  /** Derives health from the links, and with it whether sends run, wait or are refused. */
  private update(): void {
    if (this.closing !== undefined) {
      return;
    }
    const health = this.assess();
    this.signal.set(health);
    if (this.connections().length > 0) {
      this.queue.resume();
      return;
    }
    this.queue.pause();
    if (health.kind === "offline") {
      this.queue.rejectWaiting(() => this.offlineError());
    }
  }

  private assess(): TransportHealth {
    const ready = this.links.filter((link) => link.isReady).length;
    if (ready > 0) {
      return { kind: "online", peers: ready };
    }
    const failures = this.links.map((link) => link.failure).filter((failure) => failure !== undefined);
    const allFailed = this.links.length > 0 && failures.length === this.links.length;
    if (this.startFailure !== undefined) {
      return { kind: "offline", reason: this.startFailure };
    }
    if (this.network.multiaddrs.length === 0) {
      return { kind: "offline", reason: "the network names no service node; add one" };
    }
    const isConnected = this.connections().length > 0;
    return allFailed && !isConnected
      ? { kind: "offline", reason: failures[0] ?? "no service node answers" }
      : { kind: "connecting" };
  }

  private connections(): Connection[] {
    return this.links.map((link) => link.connection).filter((connection) => connection !== undefined);
  }

  /** The open connections, waiting for the first attempt to connect if it still runs. */
  private async awaitConnections(): Promise<Connection[]> {
    if (this.connections().length === 0 && this.signal.value.kind === "connecting") {
      await this.nextDecision();
    }
    this.requireOpen();
    const connections = this.connections();
    if (connections.length === 0) {
      this.nudge();
      throw this.offlineError();
    }
    return connections;
  }

  private nextDecision(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const timer = setTimeout(done, HISTORY_CONNECT_TIMEOUT_MS);
      const unsubscribe = this.signal.onChange(done);
    });
  }

  private topicOf(contentTopic: string): string {
    try {
      return pubsubTopicOf(contentTopic, this.network);
    } catch (error) {
      throw new TransportError("rejected", `"${contentTopic}" is no content topic (/app/version/name/encoding)`, {
        cause: error,
      });
    }
  }

  private requireOpen(): void {
    if (this.closing !== undefined) {
      throw closedError();
    }
  }

  private offlineError(): TransportError {
    const health = this.signal.value;
    const reason = health.kind === "offline" ? health.reason : "no service node is connected yet";
    return new TransportError("offline", `not sent: ${reason}`);
  }
}

function closedError(): TransportError {
  return new TransportError("closed", "the transport is closed; create a new one");
}

/** Of the errors of several service nodes, the one that says most about the message itself. */
function worthiestError(error: unknown): Error {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const order = ["too-large", "rejected", "timeout", "offline"];
  const known = errors.filter((candidate) => candidate instanceof TransportError);
  known.sort((left, right) => order.indexOf(left.code) - order.indexOf(right.code));
  return known[0] ?? senselessAnswer(error);
}

function senselessAnswer(cause: unknown): TransportError {
  return new TransportError("rejected", "the service node's answer makes no sense; use another one", { cause });
}
