import type { Connection } from "@libp2p/interface";
import type { LightNode } from "@waku/interfaces";
import { FilterBook } from "../links/filter-book.ts";
import { IdentifyWatch } from "../links/identify-watch.ts";
import type { LinkParts } from "../links/service-link.ts";
import { FILTER_SUBSCRIBE_CODEC, LIGHTPUSH_CODEC, METADATA_CODEC, STORE_QUERY_CODEC } from "../wire/codecs.ts";
import type { WakuNetwork } from "../wire/local-network.ts";
import { type SdkParts, sdkParts } from "../wire/sdk-parts.ts";
import { startLightNode } from "./light-node.ts";
import { LightpushAnswers } from "./lightpush-answers.ts";
import { guardPushStreams } from "./push-guard.ts";
import { RequestStreams } from "./request-streams.ts";

const PAGE_LIMIT_MS = 20_000;
const LEAVE_LIMIT_MS = 300;

export interface GuardedNodeOptions {
  readonly network: WakuNetwork;
  readonly publishLimitMs: number;
  /** For a dial, and for each answer of which the connection depends: identify, metadata, filter. */
  readonly answerLimitMs: number;
  /** What service nodes agreed to push has changed. */
  readonly onFilterChange: () => void;
  /** A push stream of this connection broke, so messages may be missing. */
  readonly onBrokenPush: (connection: Connection) => void;
}

/** The SDK's light node with the guards around it that its version 0.0.36 needs. */
export class GuardedNode {
  readonly sdk: LightNode;
  readonly answers = new LightpushAnswers();
  readonly links: LinkParts;
  private readonly streams: RequestStreams;

  /** Starts a node that is connected to nobody. Rejects if it cannot start. */
  static async start(options: GuardedNodeOptions): Promise<GuardedNode> {
    const sdk = await startLightNode(options.network, options.answerLimitMs);
    try {
      const parts = sdkParts(sdk);
      const node = new GuardedNode(sdk, parts, options);
      await guardPushStreams(sdk.libp2p, parts.filterProtocol, options.onBrokenPush);
      return node;
    } catch (error) {
      await sdk.stop();
      throw error;
    }
  }

  private constructor(sdk: LightNode, parts: SdkParts, options: GuardedNodeOptions) {
    const { libp2p } = sdk;
    this.sdk = sdk;
    this.streams = new RequestStreams(libp2p);
    this.guardStreams(parts, options);
    this.links = {
      libp2p,
      identified: new IdentifyWatch(libp2p, options.answerLimitMs),
      metadata: parts.metadata,
      filter: parts.filterProtocol,
      book: new FilterBook(libp2p, parts.filterProtocol, options.onFilterChange),
    };
  }

  /**
   * Takes leave of the service nodes, so that they do not push into the void until the subscriptions expire. Without it
   * each subscription of the SDK leaves three intervals behind, which `stop` does not end.
   */
  async leave(): Promise<void> {
    this.sdk.filter.unsubscribeAll();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, LEAVE_LIMIT_MS);
    });
    await Promise.race([this.links.book.idle(), limit]);
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await this.sdk.stop();
    this.streams.stop();
  }

  private guardStreams(parts: SdkParts, { publishLimitMs, answerLimitMs }: GuardedNodeOptions): void {
    const { filterStreams, lightpushStreams, storeStreams, metadataStreams } = parts;
    const { events } = this.sdk.libp2p.components;
    const vital = { limitMs: answerLimitMs, isVital: true };
    const filter = { ...vital, codec: FILTER_SUBSCRIBE_CODEC, throws: false };
    this.streams.takeOver(filterStreams, events, filter);
    const { onExchange } = this.answers;
    const lightpush = { codec: LIGHTPUSH_CODEC, limitMs: publishLimitMs, throws: false, onExchange };
    this.streams.takeOver(lightpushStreams, events, lightpush);
    this.streams.takeOver(storeStreams, events, { codec: STORE_QUERY_CODEC, limitMs: PAGE_LIMIT_MS, throws: true });
    this.streams.takeOver(metadataStreams, events, { ...vital, codec: METADATA_CODEC, throws: true });
  }
}
