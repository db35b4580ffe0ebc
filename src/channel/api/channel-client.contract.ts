import { attentionCases } from "../testing/attention-cases.ts";
import type { ContractCase } from "../testing/contract-fixture.ts";
import { ephemeralCases } from "../testing/ephemeral-cases.ts";
import { eventCases } from "../testing/event-cases.ts";
import { historyCases } from "../testing/history-cases.ts";
import { clientInputCases } from "../testing/input-cases.ts";
import { sendCases } from "../testing/send-cases.ts";

/** What every `ChannelClient` does, in the same thread or over a bridge. */
export const channelClientContract: readonly ContractCase[] = [
  ...sendCases,
  ...historyCases,
  ...eventCases,
  ...attentionCases,
  ...ephemeralCases,
  ...clientInputCases,
];
