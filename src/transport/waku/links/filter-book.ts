import type { Connection, Libp2p, PeerId } from "@libp2p/interface";
import { type FilterCoreResult, FilterError } from "@waku/interfaces";
import type { FilterProtocol } from "../wire/sdk-parts.ts";

/**
 * Reads along what service nodes say to the SDK's subscription requests, and so knows which topics each of them agreed
 * to push. The SDK itself keeps no such record: a refused or failed subscription is forgotten, and `subscribe` tells at
 * most that one of several nodes agreed. Some failures reject inside the SDK where nobody listens, which ends a Node
 * process; here all of them become results.
 */
export interface FilterBook {
  /** Content topic to pubsub topic of all that the service node agreed to push over the present connection. */
  held(peer: PeerId): ReadonlyMap<string, string>;
  /** Resolves when no request to this service node is under way, whoever made it. Never rejects. */
  settled(peer: PeerId): Promise<void>;
  /** Asks the service node whether it still pushes to us; if not, or if it does not answer, nothing is held any more. */
  check(peer: PeerId): Promise<"holds" | "forgotten" | "unanswered">;
  /** Resolves when no request at all is under way. Never rejects. */
  idle(): Promise<void>;
}

export interface FilterBookOptions {
  readonly libp2p: Pick<Libp2p, "addEventListener">;
  /** Its methods are wrapped, for the SDK's own calls as for ours. */
  readonly filter: FilterProtocol;
  /** Called after each change of what is held, and after each request. */
  readonly onChange: () => void;
}

interface Page {
  /** Content topic to pubsub topic. */
  readonly held: Map<string, string>;
  readonly underWay: Set<Promise<unknown>>;
}

export function createFilterBook({ libp2p, filter, onChange }: FilterBookOptions): FilterBook {
  const pages = new Map<string, Page>();

  function pageOf(peer: PeerId): Page {
    const key = peer.toString();
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page: Page = { held: new Map(), underWay: new Set() };
    pages.set(key, page);
    return page;
  }

  function follow(
    peer: PeerId,
    request: Promise<FilterCoreResult>,
    onSuccess?: (page: Page) => void,
  ): Promise<FilterCoreResult> {
    const page = pageOf(peer);
    const followed = request
      .catch((): FilterCoreResult => ({ success: null, failure: { error: FilterError.GENERIC_FAIL, peerId: peer } }))
      .then((result) => {
        page.underWay.delete(followed);
        // A page that is no longer in the book belongs to an earlier connection.
        if (result.failure === null && pageOf(peer) === page) onSuccess?.(page);
        onChange();
        return result;
      });
    page.underWay.add(followed);
    return followed;
  }

  function wrap(): void {
    const subscribe = filter.subscribe.bind(filter);
    const unsubscribe = filter.unsubscribe.bind(filter);
    const unsubscribeAll = filter.unsubscribeAll.bind(filter);
    const ping = filter.ping.bind(filter);
    filter.subscribe = (pubsubTopic, peer, contentTopics) =>
      follow(peer, subscribe(pubsubTopic, peer, contentTopics), ({ held }) => {
        for (const contentTopic of contentTopics) held.set(contentTopic, pubsubTopic);
      });
    filter.unsubscribe = (pubsubTopic, peer, contentTopics) => {
      for (const contentTopic of contentTopics) pageOf(peer).held.delete(contentTopic);
      return follow(peer, unsubscribe(pubsubTopic, peer, contentTopics));
    };
    filter.unsubscribeAll = (pubsubTopic, peer) => {
      pageOf(peer).held.clear();
      return follow(peer, unsubscribeAll(pubsubTopic, peer));
    };
    filter.ping = (peer) => follow(peer, ping(peer));
  }

  /** Service nodes forget a client whose connection ends. */
  function forget({ detail }: CustomEvent<Connection>): void {
    pages.delete(detail.remotePeer.toString());
    onChange();
  }

  wrap();
  libp2p.addEventListener("connection:open", forget);
  libp2p.addEventListener("connection:close", forget);

  return {
    held: (peer) => pageOf(peer).held,
    settled: async (peer) => {
      const { underWay } = pageOf(peer);
      while (underWay.size > 0) await Promise.all(underWay);
    },
    check: async (peer) => {
      const { failure } = await filter.ping(peer);
      if (failure === null) return "holds";
      pageOf(peer).held.clear();
      onChange();
      return failure.error === FilterError.REMOTE_PEER_REJECTED ? "forgotten" : "unanswered";
    },
    idle: async () => {
      await Promise.all([...pages.values()].flatMap(({ underWay }) => [...underWay]));
    },
  };
}
