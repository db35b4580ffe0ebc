/** Signs as one participant of one channel. Adapters: WebCrypto (non-extractable key), @noble (fallback, simulator). */
export interface Signer {
  /** 32-byte Ed25519 public key, canonical. */
  readonly publicKey: Uint8Array;
  /** 64-byte Ed25519 signature over `message` as given (domain tags are the caller's). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
