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
import { closedError, senselessAnswer, worthiestError } from "./errors.ts";
import { type PushListener, pushStreamHandler } from "./filter-client.ts";
import { createLightLibp2p } from "./light-node.ts";
import { lightpush } from "./lightpush-client.ts";
import type { WakuNetwork } from "./local-network.ts";
import { RecentHashes } from "./recent-hashes.ts";
import { ServiceLinks } from "./service-links.ts";
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
/** A service node needs one; nodes that open a stream per message need many. */
const MAX_PUSH_STREAMS = 256;

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
  private readonly links: ServiceLinks;
  private readonly queue: SendQueue<PublishReceipt>;
  private readonly signal = new HealthSignal({ kind: "connecting" });
  private readonly listeners = new TopicListeners();
  private readonly wanted = new Map<string, string>();
  private readonly seen = new RecentHashes(REMEMBERED_HASHES);
  private readonly started: Promise<void>;
  private libp2p: Libp2p | undefined;
  private startFailure: string | undefined;
  private closing: Promise<void> | undefined;

  constructor(options: WakuTransportOptions) {
    this.network = options.network;
    this.links = new ServiceLinks({
      network: options.network,
      wanted: this.wanted,
      refreshIntervalMs: options.refreshIntervalMs,
      onChange: () => this.update(),
    });
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
      this.links.nudge();
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
    // Assigned before anybody is told, since a health listener may call back into this transport.
    this.closing ??= this.started.then(() => this.shutDown());
    this.fallSilent();
    return this.closing;
  }

  private async start(): Promise<void> {
    try {
      const libp2p = await createLightLibp2p(this.network.clusterId);
      this.libp2p = libp2p;
      await libp2p.handle(FILTER_PUSH_CODEC, pushStreamHandler(this), { maxInboundStreams: MAX_PUSH_STREAMS });
      if (this.closing === undefined) {
        this.links.open(libp2p);
      }
    } catch (error) {
      this.startFailure = `the network layer did not start: ${String(error)}`;
      this.update();
    }
  }

  private fallSilent(): void {
    this.queue.pause();
    this.queue.rejectAll(closedError);
    this.signal.set({ kind: "closed" });
    this.signal.clear();
    this.listeners.clear();
  }

  private async shutDown(): Promise<void> {
    await this.links.leave();
    await this.libp2p?.stop();
    await this.links.finished();
  }

  private async send(pubsubTopic: string, message: WakuMessage, deadline: number): Promise<PublishReceipt> {
    const timeoutMs = Math.max(1, deadline - Date.now());
    const connections = this.links.connections().slice(0, NODES_PER_PUBLISH);
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
    this.links.checkSubscriptions(connection);
  }

  private syncLinks(): void {
    this.links.sync();
    this.update();
  }

  /** Derives health from the links, and with it whether sends run, wait or are refused. */
  private update(): void {
    if (this.closing !== undefined) {
      return;
    }
    const health: TransportHealth =
      this.startFailure === undefined ? this.links.health() : { kind: "offline", reason: this.startFailure };
    this.signal.set(health);
    if (this.links.connections().length > 0) {
      this.queue.resume();
      return;
    }
    this.queue.pause();
    if (health.kind === "offline") {
      this.queue.rejectWaiting(() => this.offlineError());
    }
  }

  /** The open connections, waiting for the first attempt to connect if it still runs. */
  private async awaitConnections(): Promise<Connection[]> {
    if (this.links.connections().length === 0 && this.signal.value.kind === "connecting") {
      await this.nextDecision();
    }
    this.requireOpen();
    const connections = this.links.connections();
    if (connections.length === 0) {
      this.links.nudge();
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
    return new TransportError("offline", `not connected: ${reason}`);
  }
}
