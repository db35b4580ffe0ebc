/**
 * What is used of Node's own cryptography. Web Cryptography does the same there, but gives each call to another thread,
 * which for a message of some hundred bytes costs several times what the call itself does.
 */
export interface NodeCrypto {
  createCipheriv(algorithm: "aes-256-gcm", key: Uint8Array, iv: Uint8Array): NodeCipher & { getAuthTag(): Uint8Array };
  createDecipheriv(
    algorithm: "aes-256-gcm",
    key: Uint8Array,
    iv: Uint8Array,
  ): NodeCipher & { setAuthTag(tag: Uint8Array): void };
  createPrivateKey(key: { readonly key: Uint8Array; readonly format: "der"; readonly type: "pkcs8" }): NodeKey;
  readonly KeyObject: { from(key: CryptoKey): NodeKey };
  /** `algorithm`: null where the key says it all, as an Ed25519 key does. */
  sign(algorithm: null, message: Uint8Array, key: NodeKey): Uint8Array;
}

/** A key that lies in the engine. */
export interface NodeKey {
  readonly asymmetricKeyType?: string;
}

interface NodeCipher {
  update(bytes: Uint8Array): Uint8Array;
  /** Throws where what was deciphered was not sealed with this key. */
  final(): Uint8Array;
}

type Engine = { readonly process?: { readonly getBuiltinModule?: (name: string) => unknown } };

/** Null in a browser. Asked for by name while the program runs, so that no bundler looks for it. */
export function nodeCrypto(engine: Engine = globalThis as Engine): NodeCrypto | null {
  return (engine.process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined) ?? null;
}
