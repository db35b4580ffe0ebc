import type { Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { type ServiceNode, type ServiceNodeOptions, startServiceNode } from "../service-node.ts";

const NETWORK = { clusterId: 42, shards: 8 };

/** Service nodes and clients of them, in the process of the test. */
export interface NodesAndClients {
  /** A service node of a network of eight shards, on any free port. */
  start(options?: Partial<ServiceNodeOptions>): Promise<ServiceNode>;
  /** A client of that network that knows these service nodes. */
  connect(...multiaddrs: readonly string[]): Transport;
  /** Something else that has to end. */
  atEnd(end: () => Promise<unknown>): void;
  /** Ends all of them, the last first: for `afterEach`. */
  end(): Promise<void>;
}

export function nodesAndClients(): NodesAndClients {
  const ends: (() => Promise<unknown>)[] = [];
  return {
    start: async (options = {}) => {
      const node = await startServiceNode({ port: 0, ...NETWORK, ...options });
      ends.push(() => node.stop());
      return node;
    },
    connect: (...multiaddrs) => {
      const transport = createWakuTransport({ network: { ...NETWORK, multiaddrs } });
      ends.push(() => transport.close());
      return transport;
    },
    atEnd: (end) => void ends.push(end),
    end: async () => {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}
