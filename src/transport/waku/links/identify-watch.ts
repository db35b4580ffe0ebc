import type { Connection, IdentifyResult, Libp2p } from "@libp2p/interface";

/**
 * Knows which connections libp2p has asked what the other side speaks. Before that the SDK uses no service node: its
 * choice among the connected ones is by their protocols.
 */
export class IdentifyWatch {
  private readonly libp2p: Libp2p;
  private readonly limitMs: number;
  private readonly identified = new Set<string>();

  constructor(libp2p: Libp2p, limitMs: number) {
    this.libp2p = libp2p;
    this.limitMs = limitMs;
    libp2p.addEventListener("peer:identify", ({ detail }) => this.identified.add(detail.connection.id));
    libp2p.addEventListener("connection:close", ({ detail }) => this.identified.delete(detail.id));
  }

  /**
   * Rejects when the connection ends first. After the limit it is ended: libp2p asks once per connection, so that one
   * whose answer was lost would stay unknown for ever.
   */
  async identify(connection: Connection): Promise<void> {
    if (this.identified.has(connection.id)) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
        if (detail.connection.id === connection.id) {
          settle(resolve);
        }
      };
      const onClose = ({ detail }: CustomEvent<Connection>): void => {
        if (detail.id === connection.id) {
          settle(() => reject(new Error("the connection to the service node was lost; trying again")));
        }
      };
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        this.libp2p.removeEventListener("peer:identify", onIdentify);
        this.libp2p.removeEventListener("connection:close", onClose);
        settled();
      };
      const giveUp = (): void => {
        const error = new Error("the service node does not say what it offers; use another one");
        settle(() => reject(error));
        connection.abort(error);
      };
      const timer = setTimeout(giveUp, this.limitMs);
      this.libp2p.addEventListener("peer:identify", onIdentify);
      this.libp2p.addEventListener("connection:close", onClose);
    });
  }
}
