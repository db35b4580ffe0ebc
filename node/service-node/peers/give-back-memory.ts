import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Libp2p } from "@libp2p/interface";

/** Fewer leave no more behind than what the next messages need anyway. */
const MANY_PEERS = 50;
/** Those who leave together are gone by then, and their sockets closed. */
const AFTER_MS = 15_000;

export interface GiveBackMemoryOptions {
  readonly libp2p: Pick<Libp2p, "addEventListener">;
  readonly collect?: () => void;
  readonly afterMs?: number;
}

/**
 * Gives back to the system what many peers took, once they have left. V8 collects when it needs room, and a node that nobody
 * is connected to needs none: what a thousand peers left behind would stay with the process for as long as it idles. Returns what ends it.
 */
export function giveBackMemory({
  libp2p,
  collect = collectAll,
  afterMs = AFTER_MS,
}: GiveBackMemoryOptions): () => void {
  let left = 0;
  let timer: NodeJS.Timeout | undefined;

  libp2p.addEventListener("peer:disconnect", () => {
    left += 1;
    if (left < MANY_PEERS || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      left = 0;
      collect();
    }, afterMs);
    timer.unref();
  });
  return () => clearTimeout(timer);
}

/** Some 50 ms for a node of 100 MB, in which it answers nobody. */
function collectAll(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}
