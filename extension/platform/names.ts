/** Names that the worker and the pages must agree on. */

/** Of the runtime ports between pages and worker. */
export const BRIDGE_PORT = "hearback-bridge";

/** Paths inside the extension. */
export const TAB_PAGE = "extension/app/tab.html";

/** The channel that a page shows, in its fragment. */
export const CHANNEL_ROUTE = "#/channel/";

export const channelFragment = (channel: string): string => CHANNEL_ROUTE + encodeURIComponent(channel);

/** Where the worker keeps all channels. */
export const DATABASE = "hearback";
