/**
 * One end of a two-way pipe of plain data: a dedicated Worker, a MessagePort, later an extension's runtime port. It
 * keeps order while it is open and says nothing of what was lost when it closes: that is the protocol's business.
 */
export interface BridgePort {
  /** Never throws for a closed port (the message is dropped). Throws if the message cannot be cloned. */
  post(message: unknown): void;
  /** Where the port can keep messages (a MessagePort), those that came before the first listener wait for it. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Called once when the other end is gone; never after an own `close()`. */
  onClose(listener: () => void): () => void;
  /** Releases the port. Idempotent. */
  close(): void;
}
