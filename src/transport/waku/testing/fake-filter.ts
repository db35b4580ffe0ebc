import { type FilterCoreResult, FilterError } from "@waku/interfaces";
import type { FilterProtocol } from "../wire/sdk-parts.ts";

/** What a service node answers, or how the request rejects. */
export type FilterAnswer = "agreed" | "refused" | "silent" | Error;

/** The SDK's filter client, whose service node answers what the test says. */
export interface FakeFilter {
  readonly filter: FilterProtocol;
  /** For all requests that come from now on; the content topics of a request tell one from another. */
  answer: (kind: string, contentTopics: readonly string[]) => FilterAnswer | Promise<FilterAnswer>;
  /** Kind, content topics and time of every request. */
  readonly asked: readonly { readonly kind: string; readonly topics: readonly string[]; readonly at: number }[];
}

export function createFakeFilter(now: () => number): FakeFilter {
  const asked: { readonly kind: string; readonly topics: readonly string[]; readonly at: number }[] = [];

  async function request(kind: string, peerId: unknown, topics: readonly string[]): Promise<FilterCoreResult> {
    asked.push({ kind, topics, at: now() });
    const answer = await fake.answer(kind, topics);
    if (answer instanceof Error) throw answer;
    if (answer === "agreed") return { success: peerId, failure: null } as FilterCoreResult;
    const error = answer === "refused" ? FilterError.REMOTE_PEER_REJECTED : FilterError.NO_RESPONSE;
    return { success: null, failure: { error, peerId } } as FilterCoreResult;
  }

  const fake: FakeFilter = {
    filter: {
      subscribe: (_pubsubTopic, peer, topics) => request("subscribe", peer, topics),
      unsubscribe: (_pubsubTopic, peer, topics) => request("unsubscribe", peer, topics),
      unsubscribeAll: (_pubsubTopic, peer) => request("unsubscribeAll", peer, []),
      ping: (peer) => request("ping", peer, []),
      onRequest: () => undefined,
    },
    answer: () => "agreed",
    asked,
  };
  return fake;
}
