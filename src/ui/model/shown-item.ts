import type { LogItem, StoredView } from "../../channel/api/channel-client.ts";

/** What a Store had last, as long as the log does not reach that far: nobody's receipts are known, and nothing can be asked of it. */
export type PreviewItem = { readonly kind: "preview" } & StoredView;

/** What stands in a row of the list. */
export type ShownItem = LogItem | PreviewItem;

export type ShownMessage = Exclude<ShownItem, { readonly kind: "hole" }>;
