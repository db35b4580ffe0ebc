import type { IDecodedMessage, IFilter } from "@waku/interfaces";
import { createOpaqueDecoder, type OpaqueDecoder } from "../wire/opaque-codec.ts";

/**
 * The topics that are wanted, and those among them that the SDK's filter knows and so hands messages of to us. One
 * change after the other: of two `subscribe` calls at once for the same new pubsub topic the SDK loses one for ever.
 */
export interface TopicRegistry {
  /** Content topic to pubsub topic. */
  readonly wanted: ReadonlyMap<string, string>;
  want(contentTopic: string, pubsubTopic: string): void;
  drop(contentTopic: string): void;
  /** Messages of the topic reach us if a service node pushes them. */
  isRegistered(contentTopic: string): boolean;
  /** False once the topic is neither wanted nor still being ended by the SDK. */
  isKnown(contentTopic: string): boolean;
  /** Registers what is wanted, and from now on whatever comes to be. */
  start(filter: SdkFilter): void;
  stop(): void;
}

/** What is used of the SDK's filter. */
export type SdkFilter = Pick<IFilter, "subscribe" | "unsubscribe">;

export interface TopicRegistryOptions {
  readonly onMessage: (message: IDecodedMessage) => void;
  /** Called after each change of `isRegistered` or `isKnown`. */
  readonly onChange: () => void;
}

export function createTopicRegistry({ onMessage, onChange }: TopicRegistryOptions): TopicRegistry {
  const wanted = new Map<string, string>();
  const registered = new Map<string, OpaqueDecoder>();
  let filter: SdkFilter | undefined;
  let running = false;

  function sync(): void {
    if (!running) void run();
  }

  async function run(): Promise<void> {
    running = true;
    while (filter !== undefined) {
      const unwanted = [...registered.values()].find(({ contentTopic }) => !wanted.has(contentTopic));
      const missing = unregistered();
      if (unwanted !== undefined) {
        await filter.unsubscribe(unwanted).catch(() => false);
        registered.delete(unwanted.contentTopic);
      } else if (missing.length > 0) {
        // Resolves also when no service node agreed or none is connected; `ServiceLink` sees to it that one will.
        await filter.subscribe(missing, onMessage).catch(() => false);
        for (const decoder of missing) registered.set(decoder.contentTopic, decoder);
      } else break;
      onChange();
    }
    // In the same turn in which nothing was left to do: what is wanted a moment later begins anew.
    running = false;
  }

  /** Those of one pubsub topic, since the SDK takes no more than one at a time. */
  function unregistered(): OpaqueDecoder[] {
    const missing = [...wanted].filter(([contentTopic]) => !registered.has(contentTopic));
    const [first] = missing;
    return missing
      .filter(([, pubsubTopic]) => pubsubTopic === first?.[1])
      .map(([contentTopic, pubsubTopic]) => createOpaqueDecoder(contentTopic, pubsubTopic));
  }

  return {
    wanted,
    want: (contentTopic, pubsubTopic) => {
      wanted.set(contentTopic, pubsubTopic);
      sync();
    },
    drop: (contentTopic) => {
      wanted.delete(contentTopic);
      sync();
    },
    isRegistered: (contentTopic) => registered.has(contentTopic),
    isKnown: (contentTopic) => wanted.has(contentTopic) || registered.has(contentTopic),
    start: (started) => {
      filter = started;
      sync();
    },
    stop: () => {
      filter = undefined;
      wanted.clear();
    },
  };
}
