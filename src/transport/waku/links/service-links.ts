import type { Connection } from "@libp2p/interface";
import type { TransportHealth } from "../../port.ts";
import type { WakuNetwork } from "../wire/local-network.ts";
import { type LinkParts, ServiceLink } from "./service-link.ts";
import type { TopicRegistry } from "./topic-registry.ts";

export interface ServiceLinksOptions {
  readonly network: WakuNetwork;
  readonly topics: TopicRegistry;
  readonly refreshIntervalMs: number | undefined;
  /** Called after every change of what `connections` or `health` return. */
  readonly onChange: () => void;
}

/** The links to all service nodes of a network, and what they amount to together. */
export class ServiceLinks {
  private readonly options: ServiceLinksOptions;
  private links: readonly ServiceLink[] = [];

  constructor(options: ServiceLinksOptions) {
    this.options = options;
  }

  /** Starts to connect. */
  open(parts: LinkParts): void {
    this.links = this.options.network.multiaddrs.map((address) => new ServiceLink({ parts, address, ...this.options }));
    // A browser that was offline tells when it no longer is; elsewhere there is no such event.
    globalThis.addEventListener?.("online", this.nudge);
    this.options.onChange();
  }

  connections(): Connection[] {
    return this.links.map((link) => link.connection).filter((connection) => connection !== undefined);
  }

  health(): TransportHealth {
    const ready = this.links.filter((link) => link.isReady).length;
    if (ready > 0) {
      return { kind: "online", peers: ready };
    }
    if (this.options.network.multiaddrs.length === 0) {
      return { kind: "offline", reason: "the network names no service node; add one" };
    }
    const failures = this.links.map((link) => link.failure).filter((failure) => failure !== undefined);
    const [reason] = failures;
    const allFailed = failures.length === this.links.length;
    return reason !== undefined && allFailed && this.connections().length === 0
      ? { kind: "offline", reason }
      : { kind: "connecting" };
  }

  /** Brings the subscriptions in line with the wanted topics. */
  sync(): void {
    for (const link of this.links) {
      link.sync();
    }
  }

  /** Dials what is not connected. */
  readonly nudge = (): void => {
    for (const link of this.links) {
      link.nudge();
    }
  };

  /** Asks the service node of this connection whether it still pushes to us. */
  checkSubscriptions(connection: Connection): void {
    this.links.find((link) => link.connection?.id === connection.id)?.checkSubscriptions();
  }

  /** Ends every link. */
  stop(): void {
    globalThis.removeEventListener?.("online", this.nudge);
    for (const link of this.links) {
      link.stop();
    }
  }

  /** Resolves when all links have ended, which can take until libp2p has closed their connections. */
  async finished(): Promise<void> {
    await Promise.all(this.links.map((link) => link.finished));
  }
}
