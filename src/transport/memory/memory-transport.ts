import { sha256 } from "@noble/hashes/sha2.js";
import { createHealthSignal } from "../health-signal.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  type InboundFrame,
  type OutboundFrame,
  type Transport,
  TransportError,
} from "../port.ts";
import { createTopicListeners } from "../topic-listeners.ts";
import type { FrameStore } from "./frame-store.ts";

/** A transport that can be cut off alone. */
export interface MemoryTransport extends Transport {
  setOnline(online: boolean): void;
}

/** A transport as its network sees it. */
export interface MemoryMember {
  readonly transport: MemoryTransport;
  receive(frame: InboundFrame): void;
  /** The network went down or came up. */
  update(): void;
}

/** The network as a transport of it sees it. */
export interface MemoryHub {
  isOnline(): boolean;
  /** `undefined`: nothing is kept. */
  readonly store: FrameStore | undefined;
  schedule(ms: number, callback: () => void): () => void;
  /** Calls `onTaken` when the network has the frame; returns a function that takes it back before. */
  send(frame: InboundFrame, onTaken: () => void): () => void;
  leave(member: MemoryMember): void;
}

interface Pending {
  readonly takeBack: () => void;
  readonly reject: (error: TransportError) => void;
}

const MAX_PAYLOAD_BYTES = 150 * 1024;
const PAGE_SIZE = 100;
const CUT_OFF = "the network is switched off";

/** `now`: milliseconds since the epoch by the clock of the device that it is for. */
export function createMemoryMember(hub: MemoryHub, now: () => number): MemoryMember {
  const signal = createHealthSignal({ kind: "connecting" });
  const listeners = createTopicListeners();
  const pending = new Set<Pending>();
  let connected = false;
  let switchedOn = true;
  let closed = false;
  const cancelConnect = hub.schedule(0, () => {
    connected = true;
    update();
  });

  function isReachable(): boolean {
    return hub.isOnline() && switchedOn && !closed;
  }

  function update(): void {
    if (closed || !connected) return;
    if (!isReachable()) rejectPending(offlineError);
    signal.set(isReachable() ? { kind: "online", peers: 1 } : { kind: "offline", reason: CUT_OFF });
  }

  function rejectPending(error: () => TransportError): void {
    for (const { takeBack, reject } of pending) {
      takeBack();
      reject(error());
    }
    pending.clear();
  }

  function assertSendable(frame: OutboundFrame): void {
    if (closed) throw closedError();
    if (frame.payload.length > MAX_PAYLOAD_BYTES) {
      throw new TransportError("too-large", `${frame.payload.length} bytes are above ${MAX_PAYLOAD_BYTES}`);
    }
    if (!isReachable()) throw offlineError();
  }

  function requireStore(): FrameStore {
    if (closed) throw closedError();
    if (!isReachable()) throw offlineError();
    if (hub.store !== undefined) return hub.store;
    throw new TransportError("no-store", "this network keeps no messages; add a service node with a Store");
  }

  async function* queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    await new Promise<void>((resolve) => void hub.schedule(0, resolve));
    const frames = requireStore().find(query);
    if (query.by === "time" && query.newestFirst === true) {
      for (let end = frames.length; end > 0; end -= PAGE_SIZE) {
        requireStore();
        yield { frames: frames.slice(Math.max(0, end - PAGE_SIZE), end) };
      }
      return;
    }
    for (let start = 0; start < frames.length; start += PAGE_SIZE) {
      requireStore();
      yield { frames: frames.slice(start, start + PAGE_SIZE) };
    }
  }

  const transport: MemoryTransport = {
    publish: async (frame) => {
      assertSendable(frame);
      const inbound: InboundFrame = { ...frame, payload: frame.payload.slice(), hash: hashOf(frame) };
      return await new Promise((resolve, reject) => {
        const takeBack = hub.send(inbound, () => {
          pending.delete(entry);
          resolve({ hash: inbound.hash });
        });
        const entry: Pending = { takeBack, reject };
        pending.add(entry);
      });
    },
    subscribe: (contentTopic, listener) => {
      if (closed) throw closedError();
      return listeners.add(contentTopic, listener);
    },
    queryHistory,
    health: () => signal.current(),
    onHealth: (listener) => signal.onChange(listener),
    setOnline: (online) => {
      switchedOn = online;
      update();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      cancelConnect();
      rejectPending(closedError);
      signal.set({ kind: "closed" });
      signal.clear();
      listeners.clear();
      hub.leave(member);
    },
  };
  const member: MemoryMember = {
    transport,
    receive: (frame) => {
      if (isReachable()) listeners.emit({ ...frame, arrivedAt: now() });
    },
    update,
  };
  return member;
}

/** Deterministic over the same fields as Waku's message hash. */
function hashOf(frame: OutboundFrame): Uint8Array {
  const head = new TextEncoder().encode(`${frame.contentTopic} ${frame.timestamp} `);
  return sha256.create().update(head).update(frame.payload).digest();
}

function offlineError(): TransportError {
  return new TransportError("offline", `not sent: ${CUT_OFF}`);
}

function closedError(): TransportError {
  return new TransportError("closed", "the transport is closed; create a new one");
}
