import type { PeerId } from "@libp2p/interface";
import type { FilterProtocol } from "../wire/sdk-parts.ts";
import type { FilterBook } from "./filter-book.ts";
import type { TopicRegistry } from "./topic-registry.ts";

/**
 * Compares what a service node agreed to push with what is wanted, and asks for what is missing. The SDK subscribes by
 * itself when a topic is registered and when a node connects, once; after a failure it does not try again.
 */
export interface SubscriptionKeeper {
  /** The service node pushes every wanted topic, and the SDK hands the messages on. */
  holdsAll(peer: PeerId): boolean;
  /** The same of one topic. */
  holds(peer: PeerId, contentTopic: string): boolean;
  /** Asks the service node whether it still pushes to us. Rejects if it does not answer. */
  check(peer: PeerId): Promise<void>;
  /** Rejects if the service node did not agree to a topic. */
  reconcile(peer: PeerId): Promise<void>;
}

export interface SubscriptionKeeperOptions {
  readonly filter: FilterProtocol;
  readonly book: FilterBook;
  readonly topics: Pick<TopicRegistry, "wanted" | "isRegistered" | "isKnown">;
}

export function createSubscriptionKeeper(options: SubscriptionKeeperOptions): SubscriptionKeeper {
  const { filter, book, topics } = options;

  function holds(peer: PeerId, contentTopic: string): boolean {
    return book.held(peer).has(contentTopic) && topics.isRegistered(contentTopic);
  }

  return {
    holdsAll: (peer) => [...topics.wanted.keys()].every((topic) => holds(peer, topic)),
    holds,
    check: async (peer) => {
      if (book.held(peer).size > 0 && (await book.check(peer)) === "unanswered") {
        throw new Error("the service node does not answer; trying again");
      }
    },
    reconcile: async (peer) => {
      await book.settled(peer);
      const held = book.held(peer);
      // What is not registered yet, the SDK is about to subscribe.
      const missing = [...topics.wanted].filter(([topic]) => !held.has(topic) && topics.isRegistered(topic));
      for (const [pubsubTopic, contentTopics] of groupByPubsubTopic(missing)) {
        const { failure } = await filter.subscribe(pubsubTopic, peer, contentTopics);
        if (failure !== null) {
          throw new Error(`the service node did not agree to push messages: ${failure.error.toLowerCase()}`);
        }
      }
      const unwanted = [...held].filter(([topic]) => !topics.isKnown(topic));
      for (const [pubsubTopic, contentTopics] of groupByPubsubTopic(unwanted)) {
        await filter.unsubscribe(pubsubTopic, peer, contentTopics);
      }
    },
  };
}

function groupByPubsubTopic(topics: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [contentTopic, pubsubTopic] of topics) {
    const group = groups.get(pubsubTopic);
    if (group === undefined) groups.set(pubsubTopic, [contentTopic]);
    else group.push(contentTopic);
  }
  return groups;
}
