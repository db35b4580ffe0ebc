import { callSafely } from "../../runtime/call-safely.ts";
import type { ChannelStatus } from "../api/channel-client.ts";

/** The channel's status, told at once to whoever watches and again whenever it differs. */
export interface StatusBoard {
  watch(listener: (status: ChannelStatus) => void): () => void;
  /** Something may have changed it. */
  refresh(): void;
}

interface Watcher {
  readonly listener: (status: ChannelStatus) => void;
  /** What it was told last, as text. Each has its own: they begin at different times. */
  told: string;
}

export function createStatusBoard(current: () => ChannelStatus): StatusBoard {
  const watchers = new Set<Watcher>();

  return {
    watch: (listener) => {
      const status = current();
      const watcher: Watcher = { listener, told: JSON.stringify(status) };
      watchers.add(watcher);
      listener(status);
      return () => watchers.delete(watcher);
    },
    refresh: () => {
      if (watchers.size === 0) return;
      const status = current();
      const text = JSON.stringify(status);
      for (const watcher of [...watchers]) {
        if (watcher.told === text) continue;
        watcher.told = text;
        callSafely(() => watcher.listener(status));
      }
    },
  };
}
