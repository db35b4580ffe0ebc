import { sha256 } from "@noble/hashes/sha2.js";
import { HealthSignal } from "../health-signal.ts";
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
} from "../port.ts";
import { TopicListeners } from "../topic-listeners.ts";

/** How the network inside one process behaves. */
export interface MemoryNetworkOptions {
  /** Milliseconds from publish to delivery. Default 0; delivery is asynchronous all the same. */
  readonly latencyMs?: number;
  /** False: nothing is stored and every history query rejects with `no-store`. Default true. */
  readonly store?: boolean;
  /** Runs `callback` after `ms`; a simulation passes its own clock. Default: the host's timers. */
  readonly schedule?: (ms: number, callback: () => void) => () => void;
  /** Milliseconds since the epoch, for when frames arrive. Default: the host's clock. */
  readonly now?: () => number;
}

/** A transport that can be cut off alone. */
export interface MemoryTransport extends Transport {
  setOnline(online: boolean): void;
}

/** A network inside one process: every transport of it sees what any other publishes. */
export interface MemoryNetwork {
  /** `now` is the clock of the device that it is for. Default: the network's. */
  transport(now?: () => number): MemoryTransport;
  /** Takes the whole network down or up; history survives. */
  setOnline(online: boolean): void;
}

const MAX_PAYLOAD_BYTES = 150 * 1024;
const PAGE_SIZE = 100;
const CUT_OFF = "the network is switched off";

/** A network that loses nothing, with a Store unless told otherwise; take parts of it down with `setOnline`. */
export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  return new Hub(options);
}

class Hub implements MemoryNetwork {
  isOnline = true;
  readonly hasStore: boolean;
  readonly schedule: NonNullable<MemoryNetworkOptions["schedule"]>;
  private readonly latencyMs: number;
  private readonly now: () => number;
  private readonly members = new Set<Member>();
  private readonly stored: InboundFrame[] = [];
  private readonly storedKeys = new Set<string>();

  constructor(options: MemoryNetworkOptions) {
    this.hasStore = options.store ?? true;
    this.latencyMs = options.latencyMs ?? 0;
    this.schedule = options.schedule ?? scheduleOnHost;
    this.now = options.now ?? Date.now;
  }

  transport(now = this.now): MemoryTransport {
    const member = new Member(this, now);
    this.members.add(member);
    return member;
  }

  setOnline(online: boolean): void {
    this.isOnline = online;
    for (const member of this.members) {
      member.update();
    }
  }

  /** Calls `onTaken` when the network has the frame; returns a function that takes it back before. */
  send(frame: InboundFrame, onTaken: () => void): () => void {
    return this.schedule(this.latencyMs, () => {
      onTaken();
      if (!frame.ephemeral && this.hasStore) {
        this.keep(frame);
      }
      for (const member of this.members) {
        member.receive(frame);
      }
    });
  }

  /** Oldest first. */
  history(query: HistoryQuery): InboundFrame[] {
    const ofTopic = this.stored.filter((frame) => frame.contentTopic === query.contentTopic);
    if (query.by === "hash") {
      const wanted = new Set(query.hashes.map(keyOf));
      return ofTopic.filter((frame) => wanted.has(keyOf(frame.hash)));
    }
    return ofTopic
      .filter(({ timestamp = 0 }) => timestamp >= query.from && timestamp < query.to)
      .sort((left, right) => (left.timestamp ?? 0) - (right.timestamp ?? 0));
  }

  leave(member: Member): void {
    this.members.delete(member);
  }

  private keep(frame: InboundFrame): void {
    const key = keyOf(frame.hash);
    if (!this.storedKeys.has(key)) {
      this.storedKeys.add(key);
      this.stored.push(frame);
    }
  }
}

interface Pending {
  readonly cancel: () => void;
  readonly reject: (error: TransportError) => void;
}

class Member implements MemoryTransport {
  private readonly hub: Hub;
  private readonly now: () => number;
  private readonly signal = new HealthSignal({ kind: "connecting" });
  private readonly listeners = new TopicListeners();
  private readonly pending = new Set<Pending>();
  private readonly cancelConnect: () => void;
  private isConnected = false;
  private isSwitchedOn = true;
  private isClosed = false;

  constructor(hub: Hub, now: () => number) {
    this.hub = hub;
    this.now = now;
    this.cancelConnect = hub.schedule(0, () => {
      this.isConnected = true;
      this.update();
    });
  }

  publish(frame: OutboundFrame): Promise<PublishReceipt> {
    const refusal = this.refusalOf(frame);
    if (refusal !== undefined) {
      return Promise.reject(refusal);
    }
    const inbound: InboundFrame = { ...frame, payload: frame.payload.slice(), hash: hashOf(frame) };
    return new Promise((resolve, reject) => {
      const taken = (): void => {
        this.pending.delete(entry);
        resolve({ hash: inbound.hash });
      };
      const entry: Pending = { cancel: this.hub.send(inbound, taken), reject };
      this.pending.add(entry);
    });
  }

  subscribe(contentTopic: string, listener: (frame: LiveFrame) => void): Unsubscribe {
    if (this.isClosed) {
      throw closedError();
    }
    return this.listeners.add(contentTopic, listener);
  }

  async *queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    await new Promise<void>((resolve) => {
      this.hub.schedule(0, resolve);
    });
    const frames = this.requireStore().history(query);
    for (let start = 0; start < frames.length; start += PAGE_SIZE) {
      this.requireStore();
      yield { frames: frames.slice(start, start + PAGE_SIZE) };
    }
  }

  health(): TransportHealth {
    return this.signal.value;
  }

  onHealth(listener: (health: TransportHealth) => void): Unsubscribe {
    return this.signal.onChange(listener);
  }

  setOnline(online: boolean): void {
    this.isSwitchedOn = online;
    this.update();
  }

  close(): Promise<void> {
    if (!this.isClosed) {
      this.isClosed = true;
      this.cancelConnect();
      this.rejectPending(closedError);
      this.signal.set({ kind: "closed" });
      this.signal.clear();
      this.listeners.clear();
      this.hub.leave(this);
    }
    return Promise.resolve();
  }

  receive(frame: InboundFrame): void {
    if (this.isReachable()) {
      this.listeners.emit({ ...frame, arrivedAt: this.now() });
    }
  }

  update(): void {
    if (this.isClosed || !this.isConnected) {
      return;
    }
    if (this.isReachable()) {
      this.signal.set({ kind: "online", peers: 1 });
    } else {
      this.rejectPending(offlineError);
      this.signal.set({ kind: "offline", reason: CUT_OFF });
    }
  }

  private isReachable(): boolean {
    return this.hub.isOnline && this.isSwitchedOn && !this.isClosed;
  }

  private refusalOf(frame: OutboundFrame): TransportError | undefined {
    if (this.isClosed) {
      return closedError();
    }
    if (frame.payload.length > MAX_PAYLOAD_BYTES) {
      return new TransportError("too-large", `${frame.payload.length} bytes are above ${MAX_PAYLOAD_BYTES}`);
    }
    return this.isReachable() ? undefined : offlineError();
  }

  private requireStore(): Hub {
    if (this.isClosed) {
      throw closedError();
    }
    if (!this.isReachable()) {
      throw offlineError();
    }
    if (!this.hub.hasStore) {
      throw new TransportError("no-store", "this network keeps no messages; add a service node with a Store");
    }
    return this.hub;
  }

  private rejectPending(error: () => TransportError): void {
    for (const entry of this.pending) {
      entry.cancel();
      entry.reject(error());
    }
    this.pending.clear();
  }
}

function scheduleOnHost(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

/** Deterministic over the same fields as Waku's message hash. */
function hashOf(frame: OutboundFrame): Uint8Array {
  const head = new TextEncoder().encode(`${frame.contentTopic} ${frame.timestamp} `);
  return sha256.create().update(head).update(frame.payload).digest();
}

function keyOf(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}

function offlineError(): TransportError {
  return new TransportError("offline", `not sent: ${CUT_OFF}`);
}

function closedError(): TransportError {
  return new TransportError("closed", "the transport is closed; create a new one");
}
