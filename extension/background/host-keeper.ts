import type { BridgePort } from "../../src/bridge/ports/port.ts";
import { createHostServer, type HostServer } from "../../src/bridge/server/serve-host.ts";
import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { refusingHost } from "../../src/channel/host/refusing-host.ts";

/** The one host of this worker, and the views that it serves. */
export interface HostKeeper {
  /** Opens the host if there is none that works. */
  start(): void;
  /** Serves a view, now or as soon as storage is open. */
  serve(port: BridgePort): void;
  readonly openViews: number;
}

export interface HostKeeperOptions {
  readonly open: () => Promise<ChannelHost>;
  /** A host was opened. Call `onBroken` when its storage failed. Returns what ends the watching. */
  readonly watch: (host: ChannelHost, onBroken: () => void) => () => void;
  readonly onViews: (open: number) => void;
  readonly now?: () => number;
}

/** Beginning anew cuts off all views, which come back at once: that alone must not begin anew again. */
export const BEGIN_AGAIN_AFTER_MS = 5_000;

interface Running {
  readonly server: HostServer;
  /** Nothing is accepted any more: only a new host, from what is written, can go on. */
  isBroken(): boolean;
  /** Ends it; its views connect anew. */
  close(): Promise<void>;
}

/**
 * Keeps one host running. A worker that stays awake would otherwise never get over a storage that failed once (a full
 * disk, say): the next view or alarm after that begins anew.
 */
export function createHostKeeper({ open, watch, onViews, now = Date.now }: HostKeeperOptions): HostKeeper {
  /** Never rejects: what could not be opened is served too, by words that say why. */
  let running: Promise<Running> | null = null;
  let begunAt = 0;
  let openViews = 0;

  async function begin(): Promise<Running> {
    begunAt = now();
    try {
      const host = await open();
      const server = createHostServer(host);
      let broken = false;
      const stopWatching = watch(host, () => {
        broken = true;
      });
      const close = async (): Promise<void> => {
        stopWatching();
        server.close();
        await host.close();
      };
      return { server, isBroken: () => broken, close };
    } catch (error) {
      const server = createHostServer(refusingHost(error));
      return { server, isBroken: () => true, close: async () => server.close() };
    }
  }

  async function beginAnew(old: Running): Promise<Running> {
    // What it had accepted is written; that it cannot be closed tidily changes nothing.
    await old.close().catch(() => {});
    return begin();
  }

  /** The host that works: the running one, or a new one in its place. Callers at the same time share it. */
  async function working(): Promise<Running> {
    running ??= begin();
    const current = running;
    const found = await current;
    if (!found.isBroken() || now() - begunAt < BEGIN_AGAIN_AFTER_MS) return found;
    if (running === current) running = beginAnew(found);
    return running;
  }

  /** A view is open until either side closes its port. */
  function countedPort(port: BridgePort): { readonly port: BridgePort; readonly isOpen: () => boolean } {
    let isOpen = true;
    const leave = (): void => {
      if (!isOpen) return;
      isOpen = false;
      onViews(--openViews);
    };
    onViews(++openViews);
    port.onClose(leave);
    const close = (): void => {
      port.close();
      leave();
    };
    return { port: { ...port, close }, isOpen: () => isOpen };
  }

  return {
    start: () => void working(),
    serve(port) {
      const view = countedPort(port);
      void working().then(({ server }) => {
        if (view.isOpen()) server.serve(view.port);
      });
    },
    get openViews() {
      return openViews;
    },
  };
}
