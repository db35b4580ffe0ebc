import type { PeerId } from "@libp2p/interface";

/**
 * In which order Stores are asked. One that broke off in the middle of a history is asked behind the others until it gave
 * one to its end: else it would be asked first each time, break off each time, and nobody would ever ask the others.
 */
export interface StoreOrder {
  of(peers: readonly PeerId[]): readonly PeerId[];
  brokeOff(peer: PeerId): void;
  gaveAll(peer: PeerId): void;
}

export function createStoreOrder(): StoreOrder {
  /** The one that broke off last is the last. Of the service nodes of one network, which are a few. */
  const broken = new Set<string>();
  const placeOf = (peer: PeerId): number => [...broken].indexOf(String(peer));

  return {
    of: (peers) => [...peers].sort((left, right) => placeOf(left) - placeOf(right)),
    brokeOff: (peer) => {
      broken.delete(String(peer));
      broken.add(String(peer));
    },
    gaveAll: (peer) => void broken.delete(String(peer)),
  };
}
