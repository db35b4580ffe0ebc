/** libp2p protocol names of the Waku services, as in the Waku specifications 10, 12, 13, 19 and 66. */
export const METADATA_CODEC = "/vac/waku/metadata/1.0.0";
export const FILTER_SUBSCRIBE_CODEC = "/vac/waku/filter-subscribe/2.0.0-beta1";
export const FILTER_PUSH_CODEC = "/vac/waku/filter-push/2.0.0-beta1";
export const LIGHTPUSH_CODEC = "/vac/waku/lightpush/3.0.0";
export const LIGHTPUSH_V2_CODEC = "/vac/waku/lightpush/2.0.0-beta1";
export const STORE_QUERY_CODEC = "/vac/waku/store-query/3.0.0";
export const RELAY_CODEC = "/vac/waku/relay/2.0.0";

/** The largest Waku message, encoded, that relays of the Waku network take. */
export const MAX_WAKU_MESSAGE_BYTES = 150 * 1024;
