import type { Connection } from "@libp2p/interface";
import type { IMetadata, ShardInfo } from "@waku/interfaces";
import { hostOf } from "./addresses.ts";
import type { IdentifyWatch } from "./identify-watch.ts";

/** The service node is none of ours: it serves another network. */
export class AnotherNetworkError extends Error {
  override readonly name = "AnotherNetworkError";
}

export interface NetworkCheck {
  readonly identified: IdentifyWatch;
  readonly metadata: Pick<IMetadata, "query">;
  /** For words that people read. */
  readonly address: string;
  readonly clusterId: number;
}

/**
 * Waits until libp2p knows what the service node speaks, and asks it which network it serves. Rejects when the
 * connection is of no use; one to another network is closed.
 */
export async function checkNetwork(connection: Connection, options: NetworkCheck): Promise<void> {
  const { identified, metadata, address, clusterId } = options;
  await identified.identify(connection);
  const served = (await queryNetwork(metadata, connection))?.clusterId;
  if (served === undefined || served === clusterId) return;
  await connection.close().catch(() => undefined);
  const host = hostOf(address);
  throw new AnotherNetworkError(
    `the service node at ${host} serves another network (Waku cluster ${served}, not ${clusterId}); check the address`,
  );
}

/** `undefined` if the node does not say, as small ones do. */
async function queryNetwork(
  metadata: Pick<IMetadata, "query">,
  connection: Connection,
): Promise<ShardInfo | undefined> {
  try {
    return (await metadata.query(connection.remotePeer)).shardInfo ?? undefined;
  } catch (error) {
    if (connection.status !== "open") throw error;
    return undefined;
  }
}
