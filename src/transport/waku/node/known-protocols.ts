import type { Libp2p, Peer, PeerStore } from "@libp2p/interface";

/**
 * libp2p notes with each stream, in either direction, that the other side speaks its protocol: under a lock, and written
 * anew, which costs as much as the stream. What it noted before it need not note again.
 */
export function noteProtocolsOnce({ peerStore }: Pick<Libp2p, "peerStore">): void {
  const noted = new Map<string, { readonly peer: Peer; readonly protocols: Set<string> }>();
  const merge: PeerStore["merge"] = peerStore.merge.bind(peerStore);

  peerStore.merge = async (id, data, options) => {
    const [protocol, ...others] = data.protocols ?? [];
    const isNote = protocol !== undefined && others.length === 0 && Object.keys(data).length === 1;
    if (!isNote) return merge(id, data, options);
    const key = id.toString();
    const before = noted.get(key);
    if (before?.protocols.has(protocol) === true) return before.peer;
    const peer = await merge(id, data, options);
    if (noted.size >= MOST_PEERS) noted.clear();
    noted.set(key, { peer, protocols: new Set([...(before?.protocols ?? []), protocol]) });
    return peer;
  };
}

/** A client has a few. */
const MOST_PEERS = 256;
