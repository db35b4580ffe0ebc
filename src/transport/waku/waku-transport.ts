import type { PeerId } from "@libp2p/interface";
import { callSafely } from "../../runtime/call-safely.ts";
import type { Clock, Random } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { systemRandom } from "../../runtime/system-random.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  type HistorySource,
  type OutboundFrame,
  type PublishReceipt,
  type Transport,
  TransportError,
} from "../port.ts";
import { createSendQueue } from "../send-queue.ts";
import { createTopicListeners } from "../topic-listeners.ts";
import { readHistoryOfAny } from "./history.ts";
import type { LinkedSource } from "./links/service-links.ts";
import { createNetworkAccess } from "./network-access.ts";
import { pushToNetwork } from "./publisher.ts";
import { createStoreOrder } from "./store-order.ts";
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
  /**
   * A connection that is asked and over which nothing comes for this long is dropped and dialed anew. Default 12.5 s, more
   * than the ten seconds for which networks are known to stand still.
   */
  readonly silenceTimeoutMs?: number;
  /**
   * Whether somebody looks just now, so that a dead connection should be seen at once. While nobody does, service nodes are
   * asked less often, which is less on the wire and for the battery. Default: always.
   */
  readonly isAttended?: () => boolean;
  /** When frames arrive, and how long is waited. Default: the host's clock. */
  readonly clock?: Clock;
  /** Varies the pauses between attempts. Default: the host's randomness. */
  readonly random?: Random;
}

const PUBLISH_TIMEOUT_MS = 10_000;
/** With the pause and the dial that follow, back within 12 s after a network that swallowed everything has healed. */
const ANSWER_TIMEOUT_MS = 9_000;
/** A network that stands still for ten seconds and goes on keeps its connections; a dead one is dialed anew after 17 s. */
const SILENCE_TIMEOUT_MS = 12_500;
/** Service nodes drop subscriptions that are silent for five minutes. */
const REFRESH_INTERVAL_MS = 60_000;
/** A connection has 64 streams per protocol, beyond which the SDK fails at once; the rest is left to other traffic. */
const MAX_IN_FLIGHT = 16;
/** Around payload and content topic: tags, lengths (in units of up to 4 bytes), version, timestamp. It is about 30. */
const MOST_BYTES_AROUND = 1_024;
const REQUEST_ID_BYTES = 8;

/**
 * A light client of a Waku network: lightpush, filter and Store of its service nodes. Connects at once in the background
 * and restores connections and subscriptions by itself. It is `online` only while at least one service node has agreed
 * to push every subscribed topic, so whoever queries history after `online` misses nothing in between.
 */
export function createWakuTransport(options: WakuTransportOptions): Transport {
  const { network, clock = systemClock, random = systemRandom } = options;
  const { refreshIntervalMs = REFRESH_INTERVAL_MS, answerTimeoutMs: answerLimitMs = ANSWER_TIMEOUT_MS } = options;
  const { publishTimeoutMs: publishLimitMs = PUBLISH_TIMEOUT_MS } = options;
  const { silenceTimeoutMs: silenceLimitMs = SILENCE_TIMEOUT_MS, isAttended = () => true } = options;
  const listeners = createTopicListeners();
  const doubters = new Set<(agoMs: number) => void>();
  const stores = createStoreOrder();
  const takers = createStoreOrder();
  const queue = createSendQueue<PublishReceipt>({ clock, maxInFlight: MAX_IN_FLIGHT, timeoutMs: publishLimitMs });
  const access = createNetworkAccess({
    ...{ network, publishLimitMs, answerLimitMs, silenceLimitMs, refreshIntervalMs, isAttended, clock, random },
    onMessage: (message) => {
      if (!access.isWanted(message.contentTopic)) return;
      listeners.emit({ ...toInboundFrame(message), arrivedAt: clock.now() });
    },
    onChange: letSendsGo,
    onDoubt: (agoMs) => {
      for (const tell of [...doubters]) callSafely(() => tell(agoMs));
    },
  });
  const { health, topicHealth } = access;

  /** Whether sends run, wait or are refused. */
  function letSendsGo(): void {
    if (access.isConnected()) {
      queue.resume();
      return;
    }
    queue.pause();
    if (health.current().kind === "offline") queue.rejectWaiting(access.offlineError);
  }

  async function publish(frame: OutboundFrame): Promise<PublishReceipt> {
    access.requireOpen();
    topicOf(frame.contentTopic);
    requireSize(frame);
    if (health.current().kind === "offline") {
      access.nudge();
      throw access.offlineError();
    }
    return await queue.add(() => send(frame));
  }

  async function send(frame: OutboundFrame): Promise<PublishReceipt> {
    if (!access.isConnected()) throw access.offlineError();
    try {
      const connections = await access.connections();
      return await pushToNetwork(frame, {
        node: access.node(),
        connections,
        rule: network,
        requestId: requestIdOf(random),
        ...{ order: takers, troubles: access.troubles },
      });
    } catch (error) {
      access.requireOpen();
      throw error;
    }
  }

  async function* queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    access.requireOpen();
    const pubsubTopic = topicOf(query.contentTopic);
    const peers = await peersOf(query);
    const { sdk, listHashes } = access.node();
    try {
      yield* readHistoryOfAny(query, {
        ...{ node: sdk, peers, pubsubTopic, now: clock.now(), list: listHashes, order: stores },
        troubles: access.troubles,
      });
    } catch (error) {
      access.requireOpen();
      throw error;
    }
  }

  async function peersOf({ contentTopic, source }: HistoryQuery): Promise<readonly PeerId[]> {
    if (source === undefined) return (await access.connections()).map(({ remotePeer }) => remotePeer);
    const named = access.sources(contentTopic).find(({ name }) => name === source);
    if (named === undefined) throw new TransportError("offline", "this service node is not connected just now");
    return [named.connection.remotePeer];
  }

  /** The same service node under two of its addresses is asked once. */
  function historySources(contentTopic: string): readonly HistorySource[] {
    const byPeer = new Map<string, LinkedSource>();
    for (const source of access.sources(contentTopic)) {
      const key = source.connection.remotePeer.toString();
      if (byPeer.get(key)?.isLive !== true) byPeer.set(key, source);
    }
    const peers = [...byPeer.values()].map(({ connection }) => connection.remotePeer);
    return stores.of(peers).flatMap((peer) => {
      const source = byPeer.get(peer.toString());
      return source === undefined ? [] : [{ name: source.name, isLive: source.isLive }];
    });
  }

  function topicOf(contentTopic: string): string {
    try {
      return pubsubTopicOf(contentTopic, network);
    } catch (error) {
      const words = `"${contentTopic}" is no content topic (/app/version/name/encoding)`;
      throw new TransportError("rejected", words, { cause: error });
    }
  }

  return {
    publish,
    subscribe: (contentTopic, listener) => {
      access.requireOpen();
      const pubsubTopic = topicOf(contentTopic);
      const remove = listeners.add(contentTopic, listener);
      if (!access.isWanted(contentTopic)) access.want(contentTopic, pubsubTopic);
      return () => {
        remove();
        if (!listeners.has(contentTopic) && access.isWanted(contentTopic)) access.drop(contentTopic);
      };
    },
    queryHistory,
    historySources: (contentTopic) => (access.isConnected() ? historySources(contentTopic) : []),
    health: (contentTopic) => (contentTopic === undefined ? health.current() : topicHealth.current(contentTopic)),
    onHealth: (listener, contentTopic) =>
      contentTopic === undefined ? health.onChange(listener) : topicHealth.onChange(contentTopic, listener),
    onDoubt: (listener) => {
      const tell = (agoMs: number): void => listener(agoMs);
      doubters.add(tell);
      return () => void doubters.delete(tell);
    },
    close: () => {
      const closing = access.close();
      queue.pause();
      queue.rejectAll(closedError);
      listeners.clear();
      doubters.clear();
      return closing;
    },
  };
}

/** The length is that of the encoded message. Only near the limit it is worth encoding it for that. */
function requireSize(frame: OutboundFrame): void {
  if (frame.payload.length + frame.contentTopic.length < MAX_WAKU_MESSAGE_BYTES - MOST_BYTES_AROUND) return;
  const bytes = encodedSize(toWakuMessage(frame));
  if (bytes <= MAX_WAKU_MESSAGE_BYTES) return;
  throw new TransportError("too-large", `${bytes} bytes are above Waku's limit of ${MAX_WAKU_MESSAGE_BYTES}`);
}

/** By which the two sides could speak of a request; nobody does. */
function requestIdOf(random: Random): string {
  return [...random.bytes(REQUEST_ID_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
