import type { Connection } from "@libp2p/interface";
import type { LightNode } from "@waku/interfaces";
import type { Clock } from "../../../runtime/port.ts";
import { createFilterBook } from "../links/filter-book.ts";
import { createIdentifyWatch } from "../links/identify-watch.ts";
import type { LinkParts } from "../links/service-link.ts";
import { createWakeableSleep } from "../links/wakeable-sleep.ts";
import { FILTER_SUBSCRIBE_CODEC, METADATA_CODEC, STORE_QUERY_CODEC } from "../wire/codecs.ts";
import type { WakuNetwork } from "../wire/local-network.ts";
import { type SdkParts, sdkParts } from "../wire/sdk-parts.ts";
import { noteProtocolsOnce } from "./known-protocols.ts";
import { startLightNode } from "./light-node.ts";
import { createLightpushClient, type LightpushClient } from "./lightpush-client.ts";
import { createLightpushPeers, type LightpushPeers } from "./lightpush-peers.ts";
import { guardPushStreams } from "./push-guard.ts";
import { createRequestStreams, type RequestStreams } from "./request-streams.ts";

const PAGE_LIMIT_MS = 20_000;
const LEAVE_LIMIT_MS = 300;

/** The SDK's light node with the guards around it that its version 0.0.36 needs. */
export interface GuardedNode {
  readonly sdk: LightNode;
  readonly lightpush: Pick<LightpushClient, "ask"> & LightpushPeers;
  readonly links: LinkParts;
  /**
   * Takes leave of the service nodes, so that they do not push into the void until the subscriptions expire. Without it
   * each subscription of the SDK leaves three intervals behind, which `stop` does not end.
   */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

export interface GuardedNodeOptions {
  readonly network: WakuNetwork;
  readonly publishLimitMs: number;
  /** For a dial, and for each answer of which the connection depends: identify, metadata, filter. */
  readonly answerLimitMs: number;
  readonly clock: Clock;
  /** What service nodes agreed to push has changed. */
  readonly onFilterChange: () => void;
  /** A push stream of this connection broke, so messages may be missing. */
  readonly onBrokenPush: (connection: Connection) => void;
}

/** Starts a node that is connected to nobody. Rejects if it cannot start. */
export async function startGuardedNode(options: GuardedNodeOptions): Promise<GuardedNode> {
  const { network, answerLimitMs, clock } = options;
  const sdk = await startLightNode({ network, dialLimitMs: answerLimitMs, clock });
  try {
    const parts = sdkParts(sdk);
    const node = guardNode(sdk, parts, options);
    await guardPushStreams(sdk.libp2p, parts.filterProtocol, options.onBrokenPush);
    return node;
  } catch (error) {
    await sdk.stop();
    throw error;
  }
}

function guardNode(sdk: LightNode, parts: SdkParts, options: GuardedNodeOptions): GuardedNode {
  const { answerLimitMs, clock, onFilterChange } = options;
  const { libp2p } = sdk;
  const { metadata, filterProtocol: filter } = parts;
  noteProtocolsOnce(libp2p);
  const lightpush = createLightpushClient({ clock, limitMs: options.publishLimitMs });
  const streams = createRequestStreams({ libp2p, clock });
  guardStreams(streams, parts, libp2p.components.events, options);
  const identified = createIdentifyWatch({ libp2p, limitMs: answerLimitMs, clock });
  const book = createFilterBook({ libp2p, filter, onChange: onFilterChange });

  return {
    sdk,
    lightpush: { ...lightpush, ...createLightpushPeers(libp2p) },
    links: { libp2p, identified, metadata, filter, book },
    leave: async () => {
      sdk.filter.unsubscribeAll();
      const limit = createWakeableSleep(clock);
      void book.idle().then(() => limit.wake());
      await limit.sleep(LEAVE_LIMIT_MS);
    },
    stop: async () => {
      await sdk.stop();
      streams.stop();
      lightpush.stop();
    },
  };
}

function guardStreams(
  streams: RequestStreams,
  { filterStreams, storeStreams, metadataStreams }: SdkParts,
  events: EventTarget,
  { answerLimitMs }: GuardedNodeOptions,
): void {
  const vital = { limitMs: answerLimitMs, isVital: true };
  streams.takeOver(filterStreams, events, { ...vital, codec: FILTER_SUBSCRIBE_CODEC, throws: false });
  streams.takeOver(storeStreams, events, { codec: STORE_QUERY_CODEC, limitMs: PAGE_LIMIT_MS, throws: true });
  streams.takeOver(metadataStreams, events, { ...vital, codec: METADATA_CODEC, throws: true });
}
