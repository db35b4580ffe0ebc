import { hexToBytes } from "@noble/hashes/utils.js";
import { hasReducedScalar, isStrictPublicKey, verifyStrict } from "./ed25519-key.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "./ed25519-sizes.ts";
import { PROBED_KEY, PROBED_MESSAGE, PROBES } from "./verdict-probes.ts";

/** One signature, and whose word it is said to be. */
export interface Signed {
  readonly publicKey: Uint8Array;
  /** What is signed, as it is given to the verifier. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** The strict verdict (`verifyStrict`). Never rejects. */
export type VerdictOf = (signed: Signed) => Promise<boolean>;

/** The part of `SubtleCrypto` that verifies. */
export type Engine = Pick<SubtleCrypto, "importKey" | "verify">;

const ALGORITHM = "Ed25519";
/** As many keys as speak within a page or two; an import takes some tens of microseconds, a key a kilobyte or two. */
const MAX_KEYS = 512;

/**
 * Verdicts by the engine's own Ed25519, which works beside this thread and needs a third to a half of the time. It recomputes
 * R and compares bytes; with a strict key and S < L, which are judged here, that is the strict verdict. An engine that has
 * none, or judges one of the probes in another way, is not asked again: then, and for what it throws at, the verdict is
 * computed here.
 *
 * The key is judged last, as that takes a millisecond when it is new: who only forges makes nobody judge keys.
 */
export function createVerdicts(engine: Engine | undefined): VerdictOf {
  const keys = new Map<string, Promise<CryptoKey>>();
  let trusted: Promise<boolean> | null = null;

  function keyOf(engine: Engine, publicKey: Uint8Array): Promise<CryptoKey> {
    const name = String.fromCharCode(...publicKey);
    const known = keys.get(name);
    const key = known ?? engine.importKey("raw", publicKey.slice(), ALGORITHM, false, ["verify"]);
    if (known !== undefined) keys.delete(name);
    keys.set(name, key);
    if (keys.size > MAX_KEYS) forgetOldest();
    return key;
  }

  function forgetOldest(): void {
    const [oldest] = keys.keys();
    if (oldest !== undefined) keys.delete(oldest);
  }

  /** Null: it cannot say. */
  async function askEngine({ publicKey, message, signature }: Signed): Promise<boolean | null> {
    if (engine === undefined) return null;
    try {
      // Copies, as SubtleCrypto refuses memory that is shared between threads.
      return await engine.verify(ALGORITHM, await keyOf(engine, publicKey), signature.slice(), message.slice());
    } catch {
      // A key that it does not take, or no Ed25519: the verdict is computed by whoever asked.
      return null;
    }
  }

  async function probe(): Promise<boolean> {
    const [publicKey, message] = [hexToBytes(PROBED_KEY), hexToBytes(PROBED_MESSAGE)];
    const verdicts = await Promise.all(
      PROBES.map(({ r, s }) => askEngine({ publicKey, message, signature: hexToBytes(r + s) })),
    );
    return PROBES.every(({ holds }, index) => verdicts[index] === holds);
  }

  return async (signed) => {
    const { publicKey, message, signature } = signed;
    //= protocol: SIGN-13
    if (signature.length !== SIGNATURE_BYTES || !hasReducedScalar(signature)) return false;
    if (publicKey.length !== PUBLIC_KEY_BYTES) return false;
    trusted ??= probe();
    const holds = (await trusted) ? await askEngine(signed) : null;
    if (holds === null) return verifyStrict(publicKey, message, signature);
    //= protocol: SIGN-13
    return holds && isStrictPublicKey(publicKey);
  };
}

/** Those of this engine. What it knows of keys are facts, so one serves every channel. */
export const verdictOf: VerdictOf = createVerdicts(globalThis.crypto?.subtle);
