import type { Connection, Libp2p, PeerId } from "@libp2p/interface";
import { type FilterCoreResult, FilterError } from "@waku/interfaces";
import type { FilterProtocol } from "../wire/sdk-parts.ts";

interface Page {
  /** Content topic to pubsub topic. */
  readonly held: Map<string, string>;
  readonly underWay: Set<Promise<unknown>>;
}

/**
 * Reads along what service nodes say to the SDK's subscription requests, and so knows which topics each of them agreed
 * to push. The SDK itself keeps no such record: a refused or failed subscription is forgotten, and `subscribe` tells at
 * most that one of several nodes agreed. Some failures reject inside the SDK where nobody listens, which ends a Node
 * process; here all of them become results.
 */
export class FilterBook {
  private readonly pages = new Map<string, Page>();
  private readonly filter: FilterProtocol;
  private readonly onChange: () => void;

  /** Wraps the methods of `filter`, for the SDK's own calls as for ours. */
  constructor(libp2p: Libp2p, filter: FilterProtocol, onChange: () => void) {
    this.filter = filter;
    this.onChange = onChange;
    this.wrap();
    // Service nodes forget a client whose connection ends.
    libp2p.addEventListener("connection:open", this.forget);
    libp2p.addEventListener("connection:close", this.forget);
  }

  /** Content topic to pubsub topic of all that the service node agreed to push over the present connection. */
  held(peer: PeerId): ReadonlyMap<string, string> {
    return this.page(peer).held;
  }

  /** Resolves when no request to this service node is under way, whoever made it. Never rejects. */
  async settled(peer: PeerId): Promise<void> {
    const { underWay } = this.page(peer);
    while (underWay.size > 0) {
      await Promise.all(underWay);
    }
  }

  /** Asks the service node whether it still pushes to us; if not, or if it does not answer, nothing is held any more. */
  async check(peer: PeerId): Promise<"holds" | "forgotten" | "unanswered"> {
    const { failure } = await this.filter.ping(peer);
    if (failure === null) {
      return "holds";
    }
    this.page(peer).held.clear();
    this.onChange();
    return failure.error === FilterError.REMOTE_PEER_REJECTED ? "forgotten" : "unanswered";
  }

  private wrap(): void {
    const { filter } = this;
    const subscribe = filter.subscribe.bind(filter);
    const unsubscribe = filter.unsubscribe.bind(filter);
    const unsubscribeAll = filter.unsubscribeAll.bind(filter);
    const ping = filter.ping.bind(filter);
    filter.subscribe = (pubsubTopic, peer, contentTopics) =>
      this.follow(peer, subscribe(pubsubTopic, peer, contentTopics), (page) => {
        for (const contentTopic of contentTopics) {
          page.held.set(contentTopic, pubsubTopic);
        }
      });
    filter.unsubscribe = (pubsubTopic, peer, contentTopics) => {
      for (const contentTopic of contentTopics) {
        this.page(peer).held.delete(contentTopic);
      }
      return this.follow(peer, unsubscribe(pubsubTopic, peer, contentTopics));
    };
    filter.unsubscribeAll = (pubsubTopic, peer) => {
      this.page(peer).held.clear();
      return this.follow(peer, unsubscribeAll(pubsubTopic, peer));
    };
    filter.ping = (peer) => this.follow(peer, ping(peer));
  }

  private follow(
    peer: PeerId,
    request: Promise<FilterCoreResult>,
    onSuccess?: (page: Page) => void,
  ): Promise<FilterCoreResult> {
    const page = this.page(peer);
    const followed = request
      .catch((): FilterCoreResult => ({ success: null, failure: { error: FilterError.GENERIC_FAIL, peerId: peer } }))
      .then((result) => {
        page.underWay.delete(followed);
        // A page that is no longer in the book belongs to an earlier connection.
        if (result.failure === null && this.page(peer) === page) {
          onSuccess?.(page);
        }
        this.onChange();
        return result;
      });
    page.underWay.add(followed);
    return followed;
  }

  /** Resolves when no request at all is under way. Never rejects. */
  async idle(): Promise<void> {
    await Promise.all([...this.pages.values()].flatMap(({ underWay }) => [...underWay]));
  }

  private page(peer: PeerId): Page {
    const key = peer.toString();
    let page = this.pages.get(key);
    if (page === undefined) {
      page = { held: new Map(), underWay: new Set() };
      this.pages.set(key, page);
    }
    return page;
  }

  private readonly forget = ({ detail }: CustomEvent<Connection>): void => {
    this.pages.delete(detail.remotePeer.toString());
    this.onChange();
  };
}
