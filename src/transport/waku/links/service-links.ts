import type { Connection } from "@libp2p/interface";
import type { HistorySource, TransportHealth } from "../../port.ts";
import { createServiceLink, type LinkParts, type LinkRules, type ServiceLink } from "./service-link.ts";

/** The links to all service nodes of a network, and what they amount to together. */
export interface ServiceLinks {
  /** Starts to connect. */
  open(parts: LinkParts): void;
  connections(): Connection[];
  /** The connected ones, by the address that names each, and whether each pushes this topic. */
  sources(contentTopic: string): LinkedSource[];
  /** Of the whole, or as far as this topic is concerned. */
  health(contentTopic?: string): TransportHealth;
  /** Brings the subscriptions in line with the wanted topics. */
  sync(): void;
  /** Dials what is not connected. */
  nudge(): void;
  /** Asks the service node of this connection whether it still pushes to us; something of it was lost. */
  checkSubscriptions(connection: Connection): void;
  /** Something that is to be answered was sent over this connection. */
  asked(connection: Connection): void;
  /** Something was pushed over this connection. */
  pushed(connection: Connection): void;
  /** Ends every link. */
  stop(): void;
  /** Resolves when all links have ended, which can take until libp2p has closed their connections. */
  finished(): Promise<void>;
}

/** A service node that is connected. */
export interface LinkedSource extends HistorySource {
  readonly connection: Connection;
}

export interface ServiceLinksOptions extends LinkRules {
  /** Called after every change of what `connections` or `health` return. */
  readonly onChange: () => void;
  /** What a service of a connected service node does not do, in words for people. */
  readonly trouble: (connection: Connection) => string | undefined;
  /** What was said in the last so many milliseconds may have been pushed elsewhere by all of them. */
  readonly onDoubt: (agoMs: number) => void;
}

export function createServiceLinks(options: ServiceLinksOptions): ServiceLinks {
  const { multiaddrs } = options.network;
  let links: readonly ServiceLink[] = [];

  const connections = (): Connection[] => links.flatMap((link) => link.connection() ?? []);

  function health(contentTopic?: string): TransportHealth {
    const ready = links.filter((link) => link.isReady(contentTopic));
    const peers = ready.filter((link) => !link.isQuiet()).length;
    const trouble = troubleOf(links);
    if (peers > 0) return { kind: "online", peers, ...trouble };
    if (ready.length > 0) return { kind: "checking", peers: ready.length, ...trouble };
    if (multiaddrs.length === 0) return { kind: "offline", reason: "the network names no service node; add one" };
    const failures = links.flatMap((link) => link.failure() ?? []);
    const [reason] = failures;
    const haveAllFailed = failures.length === links.length && connections().length === 0;
    return reason !== undefined && haveAllFailed ? { kind: "offline", reason } : { kind: "connecting", ...trouble };
  }

  /** The first of them with which something is wrong says what. */
  function troubleOf(some: readonly ServiceLink[]): { readonly reason?: string } {
    for (const link of some) {
      const connection = link.connection();
      // Of one that is ready it is what failed before, and about to be forgotten.
      const failure = link.isReady() ? undefined : link.failure();
      const reason = failure ?? (connection === undefined ? undefined : options.trouble(connection));
      if (reason !== undefined) return { reason };
    }
    return {};
  }

  /** One that pushes to us for certain is enough. */
  function onDoubt(agoMs: number): void {
    if (links.every((link) => !link.isReady() || link.isDoubtful())) options.onDoubt(agoMs);
  }

  function linkOver({ id }: Connection): ServiceLink | undefined {
    return links.find((link) => link.connection()?.id === id);
  }

  function nudge(): void {
    for (const link of links) link.nudge();
  }

  return {
    open: (parts) => {
      links = multiaddrs.map((address) => createServiceLink({ ...options, onDoubt, parts, address }));
      // A browser that was offline tells when it no longer is; elsewhere there is no such event.
      globalThis.addEventListener?.("online", nudge);
      options.onChange();
    },
    connections,
    sources: (contentTopic) =>
      links.flatMap((link, index) => {
        const [connection, name] = [link.connection(), multiaddrs[index]];
        return connection === undefined || name === undefined
          ? []
          : [{ name, connection, isLive: link.isReady(contentTopic) }];
      }),
    health,
    sync: () => {
      for (const link of links) link.sync();
    },
    nudge,
    checkSubscriptions: (connection) => linkOver(connection)?.checkSubscriptions(),
    asked: (connection) => linkOver(connection)?.asked(),
    pushed: (connection) => linkOver(connection)?.pushed(),
    stop: () => {
      globalThis.removeEventListener?.("online", nudge);
      for (const link of links) link.stop();
    },
    finished: async () => {
      await Promise.all(links.map(({ finished }) => finished));
    },
  };
}
