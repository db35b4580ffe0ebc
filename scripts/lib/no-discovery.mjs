/**
 * Stands in for @waku/discovery in browser bundles. Hearback dials the service nodes that an invite names and looks for no
 * others (`src/transport/waku/node/light-node.ts` switches it off), yet the SDK imports all of it, with DNS over HTTPS and
 * two libraries of its own. What is here is what the SDK names, so a test compares; it is never called.
 */
function leftOut() {
  throw new Error("Looking for service nodes is left out of this build; an invite names those that are used.");
}

export const enrTree = {};
export const wakuDnsDiscovery = leftOut;
export const wakuPeerCacheDiscovery = leftOut;
export const wakuPeerExchangeDiscovery = leftOut;
