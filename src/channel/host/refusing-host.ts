import { ChannelError } from "../api/channel-client.ts";
import type { ChannelHost } from "../api/channel-host.ts";

/** Stands in when the browser lets nothing be stored: every request says why, and nothing is pretended. */
export function refusingHost(cause: unknown): ChannelHost {
  const error = new ChannelError("storage", cause instanceof Error ? cause.message : "", { cause });
  const refuse = (): Promise<never> => Promise.reject(error);
  return {
    channels: refuse,
    watchChannels: () => () => {},
    create: refuse,
    preview: refuse,
    join: refuse,
    open: () => {
      throw error;
    },
    leave: refuse,
    close: () => Promise.resolve(),
  };
}
