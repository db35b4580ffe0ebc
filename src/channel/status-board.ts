import { callSafely } from "./call-safely.ts";
import type { ChannelStatus } from "./channel-client.ts";

/** The channel's status, told at once to whoever watches and again whenever it differs. */
export interface StatusBoard {
  watch(listener: (status: ChannelStatus) => void): () => void;
  /** Something may have changed it. */
  refresh(): void;
}

export function createStatusBoard(current: () => ChannelStatus): StatusBoard {
  const listeners = new Set<(status: ChannelStatus) => void>();
  let told = "";

  return {
    watch: (listener) => {
      listeners.add(listener);
      listener(current());
      return () => listeners.delete(listener);
    },
    refresh: () => {
      if (listeners.size === 0) return;
      const status = current();
      const text = JSON.stringify(status);
      if (text === told) return;
      told = text;
      for (const listener of [...listeners]) callSafely(() => listener(status));
    },
  };
}
