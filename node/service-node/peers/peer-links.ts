import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Libp2p } from "@libp2p/interface";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

export interface PeerLinkTimes {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly dialTimeoutMs: number;
}

const DEFAULT_TIMES: PeerLinkTimes = { firstPauseMs: 500, longestPauseMs: 30_000, dialTimeoutMs: 10_000 };
const PAUSE_GROWTH = 2;
/** Two nodes that lost each other should not keep dialling in step. */
const PAUSE_SPREAD = 0.2;
/** A peer that hangs up at once must not be dialled as if it had just gone away for the first time. */
const STABLE_AFTER_MS = 10_000;

/** Keeps this node connected to the relays it was told of: dials each until it answers, and again whenever it is lost. */
export class PeerLinks {
  private readonly libp2p: Libp2p;
  private readonly addresses: readonly Multiaddr[];
  private readonly log: (line: string) => void;
  private readonly times: PeerLinkTimes;
  private readonly stopping = new AbortController();

  constructor(
    libp2p: Libp2p,
    addresses: readonly Multiaddr[],
    log: (line: string) => void,
    times: Partial<PeerLinkTimes> = {},
  ) {
    this.libp2p = libp2p;
    this.addresses = addresses;
    this.log = log;
    this.times = { ...DEFAULT_TIMES, ...times };
  }

  start(): void {
    for (const address of this.addresses) {
      void this.keep(address);
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  private async keep(address: Multiaddr): Promise<void> {
    const { signal } = this.stopping;
    let pause = this.times.firstPauseMs;
    let isUnreachable = false;
    while (!signal.aborted) {
      try {
        const connection = await this.dial(address);
        const since = performance.now();
        this.log(`relay ${address} connected`);
        isUnreachable = false;
        await this.lost(connection);
        if (!signal.aborted) {
          this.log(`relay ${address} lost`);
        }
        pause = performance.now() - since >= STABLE_AFTER_MS ? this.times.firstPauseMs : pause;
      } catch (error) {
        if (!isUnreachable && !signal.aborted) {
          isUnreachable = true;
          this.log(`relay ${address} cannot be reached, trying on: ${reasonOf(error)}`);
        }
      }
      await sleep(pause * (1 + PAUSE_SPREAD * (Math.random() * 2 - 1)), undefined, { signal }).catch(() => undefined);
      pause = Math.min(this.times.longestPauseMs, pause * PAUSE_GROWTH);
    }
  }

  private dial(address: Multiaddr): Promise<Connection> {
    return this.libp2p.dial(address, { signal: AbortSignal.timeout(this.times.dialTimeoutMs) });
  }

  /** Resolves when no connection to the peer is left, whoever opened it. */
  private lost({ remotePeer }: Connection): Promise<void> {
    const isConnected = () => this.libp2p.getConnections(remotePeer).length > 0;
    return new Promise((resolve) => {
      const done = (): void => {
        this.libp2p.removeEventListener("peer:disconnect", check);
        this.stopping.signal.removeEventListener("abort", done);
        resolve();
      };
      const check = (): void => {
        if (!isConnected()) {
          done();
        }
      };
      this.libp2p.addEventListener("peer:disconnect", check);
      this.stopping.signal.addEventListener("abort", done);
      check();
    });
  }
}

/** @throws Error that says what a peer address looks like, or that it names this very node. */
export function parsePeers(peers: readonly string[], ownPeerId: string): Multiaddr[] {
  return peers.map((peer) => {
    const address = parseMultiaddr(peer);
    if (address.getPeerId() === ownPeerId) {
      throw new Error(`${peer} has this node's own peer id: give one of the two a key of its own with --key-file`);
    }
    return address;
  });
}

function parseMultiaddr(text: string): Multiaddr {
  try {
    return multiaddr(text);
  } catch (error) {
    throw new Error(`"${text}" is no multiaddr, such as /ip4/192.168.1.5/tcp/60000/p2p/16Uiu2...`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0]?.slice(0, 160) ?? "";
}
