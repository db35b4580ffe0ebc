import type { Connection } from "@libp2p/interface";
import type { IDecodedMessage } from "@waku/interfaces";
import type { Clock, Random } from "../../runtime/port.ts";
import { createHealthSignal, type HealthSignal } from "../health-signal.ts";
import { TransportError, type TransportHealth } from "../port.ts";
import { createBackoff } from "./dialling/backoff.ts";
import { createWakeableSleep } from "./dialling/wakeable-sleep.ts";
import { createServiceLinks, type LinkedSource } from "./links/service-links.ts";
import { createTopicRegistry, type TopicRegistry } from "./links/topic-registry.ts";
import { createTroubles, type Troubles } from "./links/troubles.ts";
import { type GuardedNode, startGuardedNode } from "./node/guarded-node.ts";
import { createTopicHealth, type TopicHealth } from "./topic-health.ts";
import { closedError } from "./wire/errors.ts";
import type { WakuNetwork } from "./wire/local-network.ts";

/** A start fails when the browser is short of memory, say: it is tried again for as long as somebody wants to be connected. */
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** A running node of a network and the links to its service nodes: started, restored, and ended. */
export interface NetworkAccess {
  readonly health: Pick<HealthSignal, "current" | "onChange">;
  /** The same as far as single topics are concerned. */
  readonly topicHealth: Pick<TopicHealth, "current" | "onChange">;
  isConnected(): boolean;
  /** The open connections, waiting for the first attempt to connect if it still runs. Rejects with `TransportError`. */
  connections(): Promise<readonly Connection[]>;
  /** The service nodes that are connected, and whether each pushes this topic. */
  sources(contentTopic: string): readonly LinkedSource[];
  /** Told of what services of connected service nodes do not do; the health says it. */
  readonly troubles: Troubles;
  /** The running node. Throws `offline` if there is none yet. */
  node(): GuardedNode;
  /** Why nothing can be sent. */
  offlineError(): TransportError;
  /** Throws `closed` once it is. */
  requireOpen(): void;
  isWanted(contentTopic: string): boolean;
  want(contentTopic: string, pubsubTopic: string): void;
  drop(contentTopic: string): void;
  /** Dials what is not connected. */
  nudge(): void;
  /** Tells the health `closed` at once; resolves when no timer and no socket is left. */
  close(): Promise<void>;
}

export interface NetworkAccessOptions {
  readonly network: WakuNetwork;
  readonly publishLimitMs: number;
  readonly answerLimitMs: number;
  readonly silenceLimitMs: number;
  readonly refreshIntervalMs: number;
  readonly isAttended: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly onMessage: (message: IDecodedMessage) => void;
  /** Whether it is connected, or its health, may have changed; not called once it is closed. */
  readonly onChange: () => void;
  /** What was said in the last so many milliseconds may not have been pushed to us; not called once it is closed. */
  readonly onDoubt: (agoMs: number) => void;
}

/** A request waits a little longer than the connection: whether that is dead is found out by a ping, which is sooner. */
const LATER_ANSWER_MS = 500;

/** Starts at once, in the background. */
export function createNetworkAccess(options: NetworkAccessOptions): NetworkAccess {
  const { network, publishLimitMs, answerLimitMs, silenceLimitMs, clock, random, onMessage, onChange } = options;
  const signal = createHealthSignal({ kind: "connecting" });
  const topics: TopicRegistry = createTopicRegistry({
    onMessage,
    onChange: () => {
      links.sync();
      update();
    },
  });
  const troubles = createTroubles(update);
  const links = createServiceLinks({
    ...{ network, topics, silenceLimitMs, clock, random, onChange: update },
    trouble: ({ remotePeer }) => troubles.of(remotePeer),
    ...{ refreshIntervalMs: options.refreshIntervalMs, isAttended: options.isAttended },
    onDoubt: (agoMs) => {
      if (closing === undefined) options.onDoubt(agoMs);
    },
  });
  const topicHealth = createTopicHealth(healthNow);
  const restart = createWakeableSleep(clock);
  let node: GuardedNode | undefined;
  let startFailure: string | undefined;
  let closing: Promise<void> | undefined;
  const started = start();

  async function start(): Promise<void> {
    const pauses = createBackoff({ firstMs: FIRST_RESTART_MS, lastMs: LAST_RESTART_MS, random });
    while (closing === undefined && !(await startOnce())) await restart.sleep(pauses.pause());
  }

  /** False when it failed. */
  async function startOnce(): Promise<boolean> {
    try {
      node = await startGuardedNode({
        ...{ network, publishLimitMs, answerLimitMs, clock },
        laterAnswerLimitMs: silenceLimitMs + LATER_ANSWER_MS,
        onAsk: links.asked,
        onPush: links.pushed,
        onFilterChange: update,
        onBrokenPush: links.checkSubscriptions,
      });
      startFailure = undefined;
      if (closing !== undefined) return true;
      topics.start(node.sdk.filter);
      links.open(node.links);
      return true;
    } catch (error) {
      startFailure = `the network layer did not start: ${String(error)}`;
      update();
      // One that runs is never started a second time.
      return node !== undefined;
    }
  }

  async function shutDown(): Promise<void> {
    topics.stop();
    await node?.leave();
    links.stop();
    await node?.stop();
    await links.finished();
  }

  function update(): void {
    if (closing !== undefined) return;
    signal.set(healthNow());
    topicHealth.update();
    onChange();
  }

  function healthNow(contentTopic?: string): TransportHealth {
    if (closing !== undefined) return { kind: "closed" };
    return startFailure === undefined ? links.health(contentTopic) : { kind: "offline", reason: startFailure };
  }

  async function connections(): Promise<readonly Connection[]> {
    if (links.connections().length === 0 && signal.current().kind === "connecting") await nextHealth();
    requireOpen();
    const open = links.connections();
    if (open.length > 0) return open;
    links.nudge();
    throw offlineError();
  }

  async function nextHealth(): Promise<void> {
    const change = createWakeableSleep(clock);
    const stopListening = signal.onChange(() => change.wake());
    await change.sleep(CONNECT_TIMEOUT_MS);
    stopListening();
  }

  function offlineError(): TransportError {
    const health = signal.current();
    const reason = health.kind === "offline" ? health.reason : "no service node is connected yet";
    return new TransportError("offline", `not connected: ${reason}`);
  }

  function requireOpen(): void {
    if (closing !== undefined) throw closedError();
  }

  return {
    health: signal,
    topicHealth,
    troubles,
    isConnected: () => links.connections().length > 0,
    connections,
    sources: (contentTopic) => links.sources(contentTopic),
    node: () => {
      if (node === undefined) throw offlineError();
      return node;
    },
    offlineError,
    requireOpen,
    isWanted: (contentTopic) => topics.wanted.has(contentTopic),
    want: (contentTopic, pubsubTopic) => {
      topics.want(contentTopic, pubsubTopic);
      update();
    },
    drop: (contentTopic) => {
      topics.drop(contentTopic);
      update();
    },
    nudge: () => links.nudge(),
    close: () => {
      // Assigned before anybody is told, since a health listener may call back into this transport.
      closing ??= started.then(shutDown);
      restart.wake();
      signal.set({ kind: "closed" });
      signal.clear();
      topicHealth.update();
      topicHealth.clear();
      return closing;
    },
  };
}
