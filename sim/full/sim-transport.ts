import { createHealthSignal, type HealthSignal } from "../../src/transport/health-signal.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  type InboundFrame,
  type LiveFrame,
  type OutboundFrame,
  type PublishReceipt,
  type Transport,
  TransportError,
  type TransportHealth,
  type Unsubscribe,
} from "../../src/transport/port.ts";
import { createTopicListeners } from "../../src/transport/topic-listeners.ts";
import type { Air } from "./air.ts";

const PAGE = 100;

/** One process's way into the simulated network. */
export class SimTransport implements Transport {
  readonly #air: Air;
  readonly #member: number;
  readonly #now: () => number;
  readonly #signal: HealthSignal;
  readonly #listeners = createTopicListeners();
  readonly #onPublish: (frame: OutboundFrame) => void;
  #online: boolean;
  #dead = false;

  /** `onPublish`: called with what is given to be sent, before it is on its way. */
  constructor(air: Air, member: number, online: boolean, now: () => number, onPublish: (frame: OutboundFrame) => void) {
    this.#air = air;
    this.#now = now;
    this.#member = member;
    this.#onPublish = onPublish;
    this.#online = online;
    this.#signal = createHealthSignal(online ? ONLINE : OFFLINE);
  }

  async publish(frame: OutboundFrame): Promise<PublishReceipt> {
    this.#onPublish(frame);
    await this.#wait(this.#air.latency());
    this.#assertOnline();
    const { leaves, told } = this.#air.publishing();
    const sent = leaves ? this.#air.broadcast(this.#member, frame) : null;
    await this.#wait(this.#air.latency());
    if (sent === null || !told) throw new TransportError("timeout", "The service node did not answer.");
    return { hash: sent.hash };
  }

  subscribe(contentTopic: string, listener: (frame: LiveFrame) => void): Unsubscribe {
    return this.#listeners.add(contentTopic, listener);
  }

  async *queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    await this.#wait(this.#air.latency());
    const frames = this.#air.history(this.#member, query);
    if (!this.#online || frames === null) throw new TransportError("no-store", "No Store answers.");
    const pages: InboundFrame[][] = [];
    for (let start = 0; start < frames.length; start += PAGE) pages.push(frames.slice(start, start + PAGE));
    if (query.by === "time" && query.newestFirst === true) pages.reverse();
    for (const page of pages) {
      yield { frames: page };
      await this.#wait(this.#air.latency());
    }
  }

  health(): TransportHealth {
    return this.#signal.current();
  }

  onHealth(listener: (health: TransportHealth) => void): Unsubscribe {
    return this.#signal.onChange(listener);
  }

  async close(): Promise<void> {
    this.kill();
  }

  setOnline(online: boolean): void {
    this.#online = online;
    if (!this.#dead) this.#signal.set(online ? ONLINE : OFFLINE);
  }

  receive(frame: InboundFrame): void {
    if (this.#online && !this.#dead) this.#listeners.emit({ ...frame, arrivedAt: this.#now() });
  }

  /** The process is gone: nothing comes in, and nothing that was asked is ever answered. */
  kill(): void {
    this.#dead = true;
    this.#listeners.clear();
    this.#signal.clear();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#air.clock.schedule(ms, () => {
        if (!this.#dead) resolve();
      });
    });
  }

  #assertOnline(): void {
    if (!this.#online) throw new TransportError("offline", "There is no network.");
  }
}

const ONLINE: TransportHealth = { kind: "online", peers: 1 };
const OFFLINE: TransportHealth = { kind: "offline", reason: "the network is switched off" };
