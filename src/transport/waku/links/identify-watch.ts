import type { Connection, IdentifyResult, Libp2p } from "@libp2p/interface";

const TIMEOUT_MS = 10_000;

/**
 * Knows which connections libp2p has asked what the other side speaks. Before that the SDK uses no service node: its
 * choice among the connected ones is by their protocols.
 */
export class IdentifyWatch {
  private readonly libp2p: Libp2p;
  private readonly identified = new Set<string>();

  constructor(libp2p: Libp2p) {
    this.libp2p = libp2p;
    libp2p.addEventListener("peer:identify", ({ detail }) => this.identified.add(detail.connection.id));
    libp2p.addEventListener("connection:close", ({ detail }) => this.identified.delete(detail.id));
  }

  /** Rejects when the connection ends first, or after 10 s. */
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
      const timer = setTimeout(
        () => settle(() => reject(new Error("the service node does not say what it offers; use another one"))),
        TIMEOUT_MS,
      );
      this.libp2p.addEventListener("peer:identify", onIdentify);
      this.libp2p.addEventListener("connection:close", onClose);
    });
  }
}
