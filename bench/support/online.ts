import type { ChannelClient } from "../../src/channel/api/channel-client.ts";

/** Resolves when the channel is connected. */
export function isOnline(client: ChannelClient): Promise<void> {
  return new Promise((resolve) => {
    client.watchStatus(({ connection }) => {
      if (connection === "online") resolve();
    });
  });
}
