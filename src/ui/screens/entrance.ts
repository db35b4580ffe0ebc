import type { ChannelHost, ChannelSummary } from "../../channel/api/channel-host.ts";

/** What the forms that lead into a channel need of the page they stand on. */
export interface Entrance {
  readonly host: ChannelHost;
  /** The name under which somebody joined last; empty for somebody new. */
  readonly name: string;
  /** A channel was created or joined just now. */
  entered(channel: ChannelSummary, displayName: string): Promise<void>;
  openChannel(channel: ChannelSummary): void;
}
