export const enrTree: Readonly<Record<string, string>>;
export function wakuDnsDiscovery(): never;
export function wakuPeerCacheDiscovery(): never;
export function wakuPeerExchangeDiscovery(): never;
