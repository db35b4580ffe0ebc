import type { ChannelStatus } from "./channel-client.ts";

/** Before a channel itself has said how it is. */
export const STATUS_NOT_KNOWN: ChannelStatus = {
  connection: "connecting",
  peers: 0,
  reason: "",
  waiting: 0,
  reading: null,
  embargoed: 0,
  clockCorrectionMs: 0,
  clockSuggestionMs: null,
  storageProblem: "",
  mistake: false,
};
