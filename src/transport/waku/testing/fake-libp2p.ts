import type { Connection, IdentifyResult, Libp2p, Stream } from "@libp2p/interface";
import { LOCAL_NETWORK } from "../wire/local-network.ts";

/** The peer that answers unless told otherwise; addresses in tests end in it. */
export const PEER = LOCAL_NETWORK.multiaddrs[0]?.split("/").at(-1) ?? "";
export const LAN_ADDRESS = `/ip4/192.168.1.2/tcp/8645/ws/p2p/${PEER}`;
export const LOOPBACK_ADDRESS = `/ip4/127.0.0.1/tcp/8645/ws/p2p/${PEER}`;

const MOST_DIALS = 1_000;

/** A dial that goes on until the test, or its signal, ends it. */
export interface FakeDial {
  readonly at: number;
  readonly signal: AbortSignal;
  answer(connection: Connection): void;
  refuse(): void;
}

/** libp2p as links use it: whoever tests says how dials end, which connections open, and when they close. */
export interface FakeLibp2p {
  readonly libp2p: Libp2p;
  readonly dials: readonly FakeDial[];
  /** Called with each dial as it begins. Default: it is left to hang. */
  onDial: (dial: FakeDial) => void;
  /** Called with each ping over a connection; says whether it is answered. Default: it is. */
  onPing: (connection: Connection) => boolean;
  /** A new one, of which libp2p tells. Closing and aborting it is told too. */
  connect(peer?: string): Connection;
  /** libp2p heard what the other side speaks. */
  identify(connection: Connection): void;
  /** How many listeners there are. */
  listeners(): number;
  /** How many streams were opened and not ended. */
  streams(): number;
}

export function createFakeLibp2p(now: () => number): FakeLibp2p {
  const target = new EventTarget();
  const listening = new Set<string>();
  const ids = new Map<unknown, number>();
  const dials: FakeDial[] = [];
  let [connections, streams] = [0, 0];

  function tell(type: string, detail: Connection | Partial<IdentifyResult>): void {
    target.dispatchEvent(new CustomEvent(type, { detail }));
  }

  function keyOf(type: string, listener: unknown): string {
    const id = ids.get(listener) ?? ids.size;
    ids.set(listener, id);
    return `${type} ${id}`;
  }

  const libp2p = {
    addEventListener: (type: string, listener: EventListener) => {
      listening.add(keyOf(type, listener));
      target.addEventListener(type, listener);
    },
    removeEventListener: (type: string, listener: EventListener) => {
      listening.delete(keyOf(type, listener));
      target.removeEventListener(type, listener);
    },
    dial: (_address: unknown, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<Connection>((resolve, reject) => {
        const refuse = (): void => reject(signal.aborted ? signal.reason : new Error("refused"));
        signal.addEventListener("abort", refuse);
        const dial: FakeDial = { at: now(), signal, answer: resolve, refuse };
        dials.push(dial);
        // Dials without a pause between them never let time go on: the test would hang instead of failing.
        if (dials.length < MOST_DIALS) fake.onDial(dial);
      }),
  } as unknown as Libp2p;

  const fake: FakeLibp2p = {
    libp2p,
    dials,
    onDial: () => undefined,
    onPing: () => true,
    connect: (peer = PEER) => {
      const end = (): void => {
        if (connection.status === "closed") return;
        connection.status = "closed";
        tell("connection:close", connection);
      };
      const connection = {
        id: `connection ${++connections}`,
        remotePeer: { toString: () => peer },
        status: "open",
        timeline: { open: connections },
        newStream: async () => {
          streams++;
          return echo(
            () => fake.onPing(connection),
            () => streams--,
          );
        },
        close: async () => end(),
        abort: () => end(),
      } as unknown as Connection;
      tell("connection:open", connection);
      return connection;
    },
    identify: (connection) => tell("peer:identify", { connection }),
    listeners: () => listening.size,
    streams: () => streams,
  };
  return fake;
}

/** A stream whose other side sends back what comes, where `isAnswered` says so. Its end is told once. */
function echo(isAnswered: () => boolean, onEnd: () => void): Stream {
  const back: Uint8Array[] = [];
  let wake = (): void => undefined;
  let failure: Error | undefined;
  async function* source(): AsyncGenerator<Uint8Array> {
    while (failure === undefined) {
      const next = back.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    throw failure;
  }
  return {
    source: source(),
    sink: async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) {
        if (isAnswered()) back.push(chunk);
        wake();
      }
    },
    abort: (error: Error) => {
      if (failure === undefined) onEnd();
      failure = error;
      wake();
    },
  } as unknown as Stream;
}
