import { verifyStrict } from "../../src/identity/keys/ed25519-key.ts";
import { type Ed25519Vector, failedEd25519Vectors } from "../../src/identity/keys/ed25519-vectors.ts";

/** Runs in the page: the names of the vectors that this engine judges otherwise. */
export const failed = (vectors: readonly Ed25519Vector[]): Promise<string[]> =>
  failedEd25519Vectors(verifyStrict, vectors);
