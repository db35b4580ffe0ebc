import type { Clock, Random } from "../../runtime/port.ts";
import type { BridgePort } from "../ports/port.ts";
import { readServerMessage } from "../protocol/messages.ts";
import { BRIDGE_VERSION, type ClientMessage, type ServerMessage } from "../protocol/protocol.ts";
import { versionWords } from "../protocol/version-words.ts";
import { toWireError } from "../protocol/wire-error.ts";
import { type ConnectionState, finalError } from "./connection-state.ts";

export interface ReconnectPolicy {
  /** Doubles with every attempt that fails, with jitter. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Failed attempts in a row after which the connection is lost. */
  readonly attempts: number;
  /** A port that stays silent for this long after the hello is given up for the next. */
  readonly helloTimeoutMs: number;
}

export const DEFAULT_RECONNECT: ReconnectPolicy = {
  firstDelayMs: 50,
  maxDelayMs: 5_000,
  attempts: 14,
  helloTimeoutMs: 10_000,
};

/** A connection that ends sooner counts as a failed attempt: a worker that dies at once is not asked for ever. */
const STABLE_MS = 2_000;
/** Pings in a row without any word from the other side. One may be a device that slept. */
const MAX_MISSED_PINGS = 2;

const v = BRIDGE_VERSION;

export interface ConnectionOptions {
  readonly openPort: () => BridgePort;
  /** Null: the port cannot be opened a second time. */
  readonly reconnect: ReconnectPolicy | null;
  readonly pingMs: number;
  readonly client: string;
  readonly clock: Clock;
  readonly random: Random;
  /** The state changed; `connected` comes before `onWelcome`. */
  readonly onState: (state: ConnectionState) => void;
  /** The other side is there. `server` names its run. */
  readonly onWelcome: (server: string) => void;
  readonly onMessage: (message: ServerMessage) => void;
}

/** Keeps one port to the worker open: hello, pings, and a new port when it closes. */
export interface Connection {
  state(): ConnectionState;
  /** Sends when connected, drops otherwise: requests and subscriptions are said again after the next welcome. */
  post(message: ClientMessage): void;
  close(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { openPort, reconnect, pingMs, client, clock, random } = options;
  let state: ConnectionState = { kind: "connecting" };
  let port: BridgePort | null = null;
  let failures = 0;
  let welcomedAt: number | null = null;
  let heard = false;
  let missed = 0;
  let nonce = 0;
  let greetedAgain = false;
  let cancelTimer = (): void => {};

  function setState(next: ConnectionState): void {
    if (next.kind === state.kind) return;
    state = next;
    options.onState(next);
  }

  function setTimer(ms: number, callback: () => void): void {
    cancelTimer();
    cancelTimer = clock.schedule(ms, callback);
  }

  function connect(): void {
    try {
      const opened = openPort();
      port = opened;
      // A port that is gone may still deliver what was under way.
      opened.onMessage((message) => port === opened && onMessage(message));
      opened.onClose(() => port === opened && dropped());
      if (reconnect !== null) setTimer(reconnect.helloTimeoutMs, dropped);
      opened.post({ v, kind: "hello", client } satisfies ClientMessage);
    } catch {
      dropped();
    }
  }

  function onMessage(value: unknown): void {
    heard = true;
    const reading = readServerMessage(value);
    switch (reading.kind) {
      case "message":
        onServerMessage(reading.message);
        return;
      case "other-version":
        end({ kind: "incompatible", reason: versionWords({ page: v, worker: reading.version }) });
        return;
      case "invalid":
        // An answer that cannot be read is an answer: its request must not wait for the timeout.
        if (reading.id === null) return;
        options.onMessage({ v, kind: "response", id: reading.id, ok: false, error: toWireError(null) });
        return;
    }
  }

  function onServerMessage(message: ServerMessage): void {
    switch (message.kind) {
      case "welcome":
        welcomed(message.server);
        return;
      case "unsupported":
        end({ kind: "incompatible", reason: message.message });
        return;
      case "bye":
        dropped();
        return;
      case "pong":
      case "invalid":
        recovered();
        return;
      case "response":
      case "event":
      case "status":
      case "ephemeral":
      case "channels":
      case "ended":
        recovered();
        options.onMessage(message);
        return;
      default:
        message satisfies never;
    }
  }

  function welcomed(server: string): void {
    welcomedAt = clock.now();
    missed = 0;
    greetedAgain = false;
    setTimer(pingMs, ping);
    setState({ kind: "connected" });
    options.onWelcome(server);
  }

  /** It was only busy. A new hello makes both sides start over, with what was said meanwhile. */
  function recovered(): void {
    if (state.kind !== "silent" || greetedAgain) return;
    greetedAgain = true;
    say({ v, kind: "hello", client });
  }

  function ping(): void {
    missed = heard ? 0 : missed + 1;
    heard = false;
    if (missed >= MAX_MISSED_PINGS) {
      if (reconnect !== null) {
        dropped();
        return;
      }
      setState({ kind: "silent" });
    }
    setTimer(pingMs, ping);
    say({ v, kind: "ping", nonce: nonce++ });
  }

  /** The port is of no use any more: the next one, after a while. */
  function dropped(): void {
    if (finalError(state) !== null) return;
    const lasted = welcomedAt === null ? 0 : clock.now() - welcomedAt;
    failures = lasted >= STABLE_MS ? 1 : failures + 1;
    releasePort();
    if (reconnect === null || failures >= reconnect.attempts) {
      end({ kind: "lost" });
      return;
    }
    if (state.kind !== "connecting") setState({ kind: "reconnecting" });
    const delay = Math.min(reconnect.maxDelayMs, reconnect.firstDelayMs * 2 ** (failures - 1));
    setTimer(delay * (0.5 + random.next() / 2), connect);
  }

  function end(final: ConnectionState): void {
    if (finalError(state) !== null) return;
    releasePort();
    setState(final);
  }

  function releasePort(): void {
    cancelTimer();
    welcomedAt = null;
    const old = port;
    port = null;
    old?.close();
  }

  function say(message: ClientMessage): void {
    port?.post(message);
  }

  connect();
  return {
    state: () => state,
    post(message) {
      if (welcomedAt !== null) say(message);
    },
    close() {
      if (finalError(state) !== null) return;
      say({ v, kind: "bye" });
      end({ kind: "closed" });
    },
  };
}
