import type { Connection } from "@libp2p/interface";
import type { IDecodedMessage } from "@waku/interfaces";
import { HealthSignal } from "../health-signal.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  type LiveFrame,
  type OutboundFrame,
  type PublishReceipt,
  type Transport,
  TransportError,
  type TransportHealth,
  type Unsubscribe,
} from "../port.ts";
import { SendQueue } from "../send-queue.ts";
import { TopicListeners } from "../topic-listeners.ts";
import { readHistoryOfAny } from "./history.ts";
import { Backoff } from "./links/backoff.ts";
import { ServiceLinks } from "./links/service-links.ts";
import { TopicRegistry } from "./links/topic-registry.ts";
import { WakeableSleep } from "./links/wakeable-sleep.ts";
import { GuardedNode } from "./node/guarded-node.ts";
import { pushToNetwork } from "./publisher.ts";
import { MAX_WAKU_MESSAGE_BYTES } from "./wire/codecs.ts";
import { closedError } from "./wire/errors.ts";
import type { WakuNetwork } from "./wire/local-network.ts";
import { toInboundFrame } from "./wire/opaque-codec.ts";
import { encodedSize, pubsubTopicOf, toWakuMessage } from "./wire/wire.ts";

/** Which network, and how patient to be with it. */
export interface WakuTransportOptions {
  readonly network: WakuNetwork;
  /** After this long a publish rejects with `timeout`, waiting for its turn included. Default 10 s. */
  readonly publishTimeoutMs?: number;
  /** How often service nodes are asked whether they still push to us. Default 60 s. */
  readonly refreshIntervalMs?: number;
  /**
   * A service node that leaves a dial, or a request of the connection itself (identify, metadata, filter), without an
   * answer for this long is dialed anew. Default 9 s.
   */
  readonly answerTimeoutMs?: number;
  /** Milliseconds since the epoch, for when frames arrive. Default: the host's clock. */
  readonly now?: () => number;
}

const PUBLISH_TIMEOUT_MS = 10_000;
/** With the pause and the dial that follow, back within 12 s after a network that swallowed everything has healed. */
const ANSWER_TIMEOUT_MS = 9_000;
const HISTORY_CONNECT_TIMEOUT_MS = 10_000;
/** A start fails when the browser is short of memory, say: it is tried again for as long as somebody wants to be connected. */
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 60_000;
/** A connection has 64 streams per protocol, beyond which the SDK fails at once; the rest is left to other traffic. */
const MAX_IN_FLIGHT = 16;

/**
 * A light client of a Waku network: lightpush, filter and Store of its service nodes. Connects at once in the background
 * and restores connections and subscriptions by itself. It is `online` only while at least one service node has agreed
 * to push every subscribed topic, so whoever queries history after `online` misses nothing in between.
 */
export function createWakuTransport(options: WakuTransportOptions): Transport {
  return new WakuTransport(options);
}

class WakuTransport implements Transport {
  private readonly network: WakuNetwork;
  private readonly now: () => number;
  private readonly topics: TopicRegistry;
  private readonly links: ServiceLinks;
  private readonly queue: SendQueue<PublishReceipt>;
  private readonly signal = new HealthSignal({ kind: "connecting" });
  private readonly listeners = new TopicListeners();
  private readonly started: Promise<void>;
  private readonly restart = new WakeableSleep();
  private node: GuardedNode | undefined;
  private startFailure: string | undefined;
  private closing: Promise<void> | undefined;

  constructor(options: WakuTransportOptions) {
    const { network, publishTimeoutMs = PUBLISH_TIMEOUT_MS, refreshIntervalMs, now = Date.now } = options;
    this.network = network;
    this.now = now;
    const onChange = (): void => this.update();
    this.topics = new TopicRegistry({
      onMessage: (message) => this.deliver(message),
      onChange: () => this.syncLinks(),
    });
    this.links = new ServiceLinks({ network, topics: this.topics, refreshIntervalMs, onChange });
    this.queue = new SendQueue(MAX_IN_FLIGHT, publishTimeoutMs);
    this.started = this.start(publishTimeoutMs, options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS);
  }

  async publish(frame: OutboundFrame): Promise<PublishReceipt> {
    this.requireOpen();
    this.topicOf(frame.contentTopic);
    const bytes = encodedSize(toWakuMessage(frame));
    if (bytes > MAX_WAKU_MESSAGE_BYTES) {
      throw new TransportError("too-large", `${bytes} bytes are above Waku's limit of ${MAX_WAKU_MESSAGE_BYTES}`);
    }
    if (this.signal.value.kind === "offline") {
      this.links.nudge();
      throw this.offlineError();
    }
    return await this.queue.add(() => this.send(frame));
  }

  subscribe(contentTopic: string, listener: (frame: LiveFrame) => void): Unsubscribe {
    this.requireOpen();
    const pubsubTopic = this.topicOf(contentTopic);
    const remove = this.listeners.add(contentTopic, listener);
    if (!this.topics.wanted.has(contentTopic)) {
      this.topics.want(contentTopic, pubsubTopic);
      this.update();
    }
    return () => {
      remove();
      if (!this.listeners.has(contentTopic) && this.topics.wanted.has(contentTopic)) {
        this.topics.drop(contentTopic);
        this.update();
      }
    };
  }

  async *queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    this.requireOpen();
    const pubsubTopic = this.topicOf(query.contentTopic);
    const peers = (await this.awaitConnections()).map((connection) => connection.remotePeer);
    try {
      yield* readHistoryOfAny(this.running().sdk, peers, query, pubsubTopic);
    } catch (error) {
      this.requireOpen();
      throw error;
    }
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
    this.restart.wake();
    this.fallSilent();
    return this.closing;
  }

  private async start(publishLimitMs: number, answerLimitMs: number): Promise<void> {
    const backoff = new Backoff(FIRST_RESTART_MS, LAST_RESTART_MS);
    while (this.closing === undefined && !(await this.startOnce(publishLimitMs, answerLimitMs))) {
      await this.restart.sleep(backoff.pause());
    }
  }

  /** False when it failed. */
  private async startOnce(publishLimitMs: number, answerLimitMs: number): Promise<boolean> {
    try {
      const node = await GuardedNode.start({
        network: this.network,
        publishLimitMs,
        answerLimitMs,
        onFilterChange: () => this.update(),
        onBrokenPush: (connection) => this.links.checkSubscriptions(connection),
      });
      this.node = node;
      this.startFailure = undefined;
      if (this.closing === undefined) {
        this.topics.start(node.sdk.filter);
        this.links.open(node.links);
      }
      return true;
    } catch (error) {
      this.startFailure = `the network layer did not start: ${String(error)}`;
      this.update();
      // One that runs is never started a second time.
      return this.node !== undefined;
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
    this.topics.stop();
    await this.node?.leave();
    this.links.stop();
    await this.node?.stop();
    await this.links.finished();
  }

  private async send(frame: OutboundFrame): Promise<PublishReceipt> {
    if (this.links.connections().length === 0) {
      throw this.offlineError();
    }
    try {
      return await pushToNetwork(this.running(), frame, this.network);
    } catch (error) {
      throw this.closing === undefined ? error : closedError();
    }
  }

  private deliver(message: IDecodedMessage): void {
    if (this.topics.wanted.has(message.contentTopic)) {
      this.listeners.emit({ ...toInboundFrame(message), arrivedAt: this.now() });
    }
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
      await this.signal.nextChange(HISTORY_CONNECT_TIMEOUT_MS);
    }
    this.requireOpen();
    const connections = this.links.connections();
    if (connections.length === 0) {
      this.links.nudge();
      throw this.offlineError();
    }
    return connections;
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

  private running(): GuardedNode {
    if (this.node === undefined) {
      throw this.offlineError();
    }
    return this.node;
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
