import type { Connection } from "@libp2p/interface";
import type { Clock } from "../../../runtime/port.ts";
import { createIdentifyWatch } from "../dialling/identify-watch.ts";
import { createLeftAlone, type LeftAlone } from "../dialling/left-alone.ts";
import { FloodError } from "../dialling/unread-limit.ts";
import { createWakeableSleep } from "../dialling/wakeable-sleep.ts";
import { createFilterBook } from "../links/filter-book.ts";
import type { LinkParts } from "../links/service-link.ts";
import { type Arrivals, createArrivals } from "../liveness/arrivals.ts";
import { FILTER_SUBSCRIBE_CODEC, METADATA_CODEC, STORE_QUERY_CODEC } from "../wire/codecs.ts";
import type { WakuNetwork } from "../wire/local-network.ts";
import { type SdkParts, sdkParts } from "../wire/sdk-parts.ts";
import { createHashListing, type HashListing } from "./hash-listing.ts";
import { noteProtocolsOnce } from "./known-protocols.ts";
import { type LightNode, startLightNode } from "./light-node.ts";
import { createLightpushClient, type LightpushClient } from "./lightpush-client.ts";
import { createLightpushPeers, type LightpushPeers } from "./lightpush-peers.ts";
import { guardMetadataStreams } from "./metadata-guard.ts";
import { guardPushStreams } from "./push-guard.ts";
import { createRequestStreams, type RequestStreams } from "./request-streams.ts";

const PAGE_LIMIT_MS = 20_000;
const LEAVE_LIMIT_MS = 300;
/** A status and a few words. */
const MAX_WORDS_BYTES = 64 * 1024;
/** What the SDK reads of one answer, and its length in front. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024 + 16;

/** The SDK's light node with the guards around it that its version 0.0.36 needs. */
export interface GuardedNode {
  readonly sdk: LightNode;
  readonly lightpush: Pick<LightpushClient, "ask"> & LightpushPeers;
  readonly listHashes: HashListing;
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
  /** The same, over a connection that was answered before. */
  readonly laterAnswerLimitMs: number;
  readonly clock: Clock;
  /** A request is about to go over this connection. */
  readonly onAsk: (connection: Connection) => void;
  /** Something was pushed over this connection. */
  readonly onPush: (connection: Connection) => void;
  /** What service nodes agreed to push has changed. */
  readonly onFilterChange: () => void;
  /** A push stream of this connection broke, so messages may be missing. */
  readonly onBrokenPush: (connection: Connection) => void;
}

/** Starts a node that is connected to nobody. Rejects if it cannot start. */
export async function startGuardedNode(options: GuardedNodeOptions): Promise<GuardedNode> {
  const { network, answerLimitMs, clock } = options;
  const arrivals = createArrivals(clock);
  const leftAlone = createLeftAlone(clock);
  const sdk = await startLightNode({ network, dialLimitMs: answerLimitMs, clock, arrivals, leftAlone });
  try {
    const parts = sdkParts(sdk);
    const node = guardNode(sdk, parts, { arrivals, leftAlone }, options);
    const onFlood = (connection: Connection): void => {
      leftAlone.note(connection.remoteAddr.toString(), "flood");
      connection.abort(new FloodError("more was pushed than may be"));
    };
    const listeners = { onPush: options.onPush, onBroken: options.onBrokenPush, onFlood };
    await guardPushStreams(sdk.libp2p, parts.filterProtocol, listeners, clock);
    await guardMetadataStreams(sdk.libp2p, parts.metadata);
    return node;
  } catch (error) {
    await sdk.stop();
    throw error;
  }
}

function guardNode(
  sdk: LightNode,
  parts: SdkParts,
  { arrivals, leftAlone }: { readonly arrivals: Arrivals; readonly leftAlone: LeftAlone },
  options: GuardedNodeOptions,
): GuardedNode {
  const { answerLimitMs, clock, onAsk, onFilterChange } = options;
  const { libp2p } = sdk;
  const { metadata, filterProtocol: filter } = parts;
  noteProtocolsOnce(libp2p);
  const lightpush = createLightpushClient({ clock, limitMs: options.publishLimitMs, onAsk });
  const streams = createRequestStreams({
    libp2p,
    clock,
    onAsk,
    onFlood: ({ remoteAddr }) => leftAlone.note(remoteAddr.toString(), "flood"),
  });
  guardStreams(streams, parts, libp2p.components.events, options);
  const identified = createIdentifyWatch({ libp2p, limitMs: answerLimitMs, clock });
  const book = createFilterBook({ libp2p, filter, onChange: onFilterChange });

  return {
    sdk,
    lightpush: { ...lightpush, ...createLightpushPeers(libp2p) },
    listHashes: createHashListing(parts.storeStreams),
    links: { libp2p, arrivals, leftAlone, identified, metadata, filter, book },
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
  { answerLimitMs, laterAnswerLimitMs: laterLimitMs }: GuardedNodeOptions,
): void {
  const vital = { limitMs: answerLimitMs, isVital: { laterLimitMs }, maxAnswerBytes: MAX_WORDS_BYTES };
  streams.takeOver(filterStreams, events, { ...vital, codec: FILTER_SUBSCRIBE_CODEC, throws: false });
  streams.takeOver(storeStreams, events, {
    codec: STORE_QUERY_CODEC,
    limitMs: PAGE_LIMIT_MS,
    maxAnswerBytes: MAX_PAGE_BYTES,
    throws: true,
  });
  streams.takeOver(metadataStreams, events, { ...vital, codec: METADATA_CODEC, throws: true });
}
