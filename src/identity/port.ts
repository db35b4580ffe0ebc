/** Signs as one participant of one channel. Adapters: WebCrypto (non-extractable key), @noble (fallback, simulator). */
export interface Signer {
  /** 32-byte Ed25519 public key, canonical. */
  readonly publicKey: Uint8Array;
  /** 64-byte Ed25519 signature over `message` as given (domain tags are the caller's). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * A device's key for one channel, as it is kept. `webcrypto` survives structured clone without its secret ever being
 * readable; `raw` holds the 32-byte seed, where the engine has no Ed25519. (`src/storage` keeps the same shape.)
 */
export type DeviceKey =
  | { readonly kind: "webcrypto"; readonly privateKey: CryptoKey; readonly publicKey: Uint8Array }
  | { readonly kind: "raw"; readonly secretKey: Uint8Array; readonly publicKey: Uint8Array };
