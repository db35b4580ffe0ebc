import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";

/** An engine that takes its time: what is encrypted while it is held is done when it is released. */
export interface HeldEncryption {
  readonly encrypt: typeof encryptPayload;
  /** So many were begun while it was held. */
  begun(): number;
  release(): void;
}

/** Held from the first on. */
export function holdEncryption(): HeldEncryption {
  let begun = 0;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    encrypt: async (key, bytes) => {
      begun++;
      await released;
      return encryptPayload(key, bytes);
    },
    begun: () => begun,
    release,
  };
}
