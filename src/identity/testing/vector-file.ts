import { readFile } from "node:fs/promises";

/** The list in `src/identity/vectors/<name>`. */
export async function readVectors<Vector>(name: string): Promise<readonly Vector[]> {
  return JSON.parse(await readFile(new URL(`../vectors/${name}`, import.meta.url), "utf8"));
}
