import type { IncomingStreamData, Libp2p, PeerId, Stream } from "@libp2p/interface";
import type { FilterCoreResult, IFilter, IMetadata, IStore } from "@waku/interfaces";

/** The SDK's protocol client for filter. It resolves to a failure or, for some of its errors, rejects. */
export interface FilterProtocol {
  subscribe(pubsubTopic: string, peer: PeerId, contentTopics: string[]): Promise<FilterCoreResult>;
  unsubscribe(pubsubTopic: string, peer: PeerId, contentTopics: string[]): Promise<FilterCoreResult>;
  unsubscribeAll(pubsubTopic: string, peer: PeerId): Promise<FilterCoreResult>;
  ping(peer: PeerId): Promise<FilterCoreResult>;
  onRequest(incoming: Pick<IncomingStreamData, "connection" | "stream">): void;
}

/** The SDK's answers to metadata requests. */
export interface MetadataProtocol {
  onRequest(incoming: Pick<IncomingStreamData, "connection" | "stream">): Promise<void>;
}

/** Where an SDK protocol client gets its streams from. */
export interface StreamManager {
  getStream(peer: PeerId): Promise<Stream | undefined>;
  readonly handlePeerUpdateStreamPool: (event: CustomEvent) => void;
}

/** The SDK's node, as far as its parts are reached through it. */
export interface SdkNode {
  readonly libp2p: Pick<Libp2p, "services">;
  readonly filter: IFilter;
  readonly store: IStore;
}

/** What the guards need of the light node beyond its types. */
export interface SdkParts {
  readonly filterProtocol: FilterProtocol;
  readonly metadata: IMetadata & MetadataProtocol;
  readonly filterStreams: StreamManager;
  readonly storeStreams: StreamManager;
  readonly metadataStreams: StreamManager;
}

/**
 * The one place that reaches into the SDK. Throws when a part is not where version 0.0.36 has it, so that another
 * version cannot run unguarded.
 */
export function sdkParts(node: SdkNode): SdkParts {
  const filterProtocol = part(node.filter, "protocol");
  const metadata = part(node.libp2p.services, "metadata");
  part(metadata, "onRequest");
  return {
    filterProtocol: filterProtocol as FilterProtocol,
    metadata: metadata as IMetadata & MetadataProtocol,
    filterStreams: part(filterProtocol, "streamManager") as StreamManager,
    storeStreams: part(part(node.store, "protocol"), "streamManager") as StreamManager,
    metadataStreams: part(metadata, "streamManager") as StreamManager,
  };
}

function part(owner: unknown, name: string): unknown {
  const value: unknown = typeof owner === "object" && owner !== null ? Reflect.get(owner, name) : undefined;
  if (value !== undefined) return value;
  throw new Error(`@waku/sdk has no "${name}" where 0.0.36 has it; adapt sdk-parts.ts to the new version`);
}
