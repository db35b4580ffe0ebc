import type { IDecodedMessage, IFilter } from "@waku/interfaces";
import { OpaqueDecoder } from "../wire/opaque-codec.ts";

export interface TopicRegistryOptions {
  readonly onMessage: (message: IDecodedMessage) => void;
  /** Called after each change of `isRegistered` or `isKnown`. */
  readonly onChange: () => void;
}

/**
 * The topics that are wanted, and those among them that the SDK's filter knows and so hands messages of to us. One
 * change after the other: of two `subscribe` calls at once for the same new pubsub topic the SDK loses one for ever.
 */
export class TopicRegistry {
  /** Content topic to pubsub topic. */
  readonly wanted = new Map<string, string>();
  private readonly registered = new Map<string, OpaqueDecoder>();
  private readonly options: TopicRegistryOptions;
  private filter: IFilter | undefined;
  private isRunning = false;

  constructor(options: TopicRegistryOptions) {
    this.options = options;
  }

  want(contentTopic: string, pubsubTopic: string): void {
    this.wanted.set(contentTopic, pubsubTopic);
    this.sync();
  }

  drop(contentTopic: string): void {
    this.wanted.delete(contentTopic);
    this.sync();
  }

  /** Messages of the topic reach us if a service node pushes them. */
  isRegistered(contentTopic: string): boolean {
    return this.registered.has(contentTopic);
  }

  /** False once the topic is neither wanted nor still being ended by the SDK. */
  isKnown(contentTopic: string): boolean {
    return this.wanted.has(contentTopic) || this.registered.has(contentTopic);
  }

  /** Registers what is wanted, and from now on whatever comes to be. */
  start(filter: IFilter): void {
    this.filter = filter;
    this.sync();
  }

  stop(): void {
    this.filter = undefined;
    this.wanted.clear();
  }

  private sync(): void {
    if (!this.isRunning && this.filter !== undefined) {
      this.isRunning = true;
      void this.run().finally(() => {
        this.isRunning = false;
      });
    }
  }

  private async run(): Promise<void> {
    while (this.filter !== undefined) {
      const [unwanted] = [...this.registered.values()].filter((decoder) => !this.wanted.has(decoder.contentTopic));
      const missing = this.unregistered();
      if (unwanted !== undefined) {
        await this.filter.unsubscribe(unwanted).catch(() => false);
        this.registered.delete(unwanted.contentTopic);
      } else if (missing.length > 0) {
        // Resolves also when no service node agreed or none is connected; `ServiceLink` sees to it that one will.
        await this.filter.subscribe(missing, this.options.onMessage).catch(() => false);
        for (const decoder of missing) {
          this.registered.set(decoder.contentTopic, decoder);
        }
      } else {
        return;
      }
      this.options.onChange();
    }
  }

  /** Those of one pubsub topic, since the SDK takes no more than one at a time. */
  private unregistered(): OpaqueDecoder[] {
    const missing = [...this.wanted].filter(([contentTopic]) => !this.registered.has(contentTopic));
    const [first] = missing;
    return missing
      .filter(([, pubsubTopic]) => pubsubTopic === first?.[1])
      .map(([contentTopic, pubsubTopic]) => new OpaqueDecoder(contentTopic, pubsubTopic));
  }
}
