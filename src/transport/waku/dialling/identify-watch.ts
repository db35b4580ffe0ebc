import type { Connection, IdentifyResult, Libp2p } from "@libp2p/interface";
import type { Clock } from "../../../runtime/port.ts";

/**
 * Knows which connections libp2p has asked what the other side speaks. Before that the SDK uses no service node: its
 * choice among the connected ones is by their protocols.
 */
export interface IdentifyWatch {
  /**
   * Rejects when the connection ends first. After the limit it is ended: libp2p asks once per connection, so that one
   * whose answer was lost would stay unknown for ever.
   */
  identify(connection: Connection): Promise<void>;
}

export interface IdentifyWatchOptions {
  readonly libp2p: Pick<Libp2p, "addEventListener" | "removeEventListener">;
  readonly limitMs: number;
  readonly clock: Clock;
}

export function createIdentifyWatch({ libp2p, limitMs, clock }: IdentifyWatchOptions): IdentifyWatch {
  const identified = new Set<string>();
  libp2p.addEventListener("peer:identify", ({ detail }) => void identified.add(detail.connection.id));
  libp2p.addEventListener("connection:close", ({ detail }) => void identified.delete(detail.id));

  return {
    identify: async (connection) => {
      if (identified.has(connection.id)) return;
      await new Promise<void>((resolve, reject) => {
        const onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
          if (detail.connection.id === connection.id) settle(resolve);
        };
        const onClose = ({ detail }: CustomEvent<Connection>): void => {
          if (detail.id !== connection.id) return;
          settle(() => reject(new Error("the connection to the service node was lost; trying again")));
        };
        const settle = (settled: () => void): void => {
          cancelLimit();
          libp2p.removeEventListener("peer:identify", onIdentify);
          libp2p.removeEventListener("connection:close", onClose);
          settled();
        };
        const cancelLimit = clock.schedule(limitMs, () => {
          const error = new Error("the service node does not say what it offers; use another one");
          settle(() => reject(error));
          connection.abort(error);
        });
        libp2p.addEventListener("peer:identify", onIdentify);
        libp2p.addEventListener("connection:close", onClose);
      });
    },
  };
}
