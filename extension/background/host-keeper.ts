import type { BridgePort } from "../../src/bridge/port.ts";
import { createHostServer, type HostServer } from "../../src/bridge/serve-host.ts";
import type { ChannelHost } from "../../src/channel/channel-host.ts";
import { refusingHost } from "../../src/channel/refusing-host.ts";

/** The one host of this worker, and the views that it serves. */
export interface HostKeeper {
  /** Opens the host if that was not done; also the way to try again after storage could not be opened. */
  start(): void;
  /** Serves a view, now or as soon as storage is open. */
  serve(port: BridgePort): void;
  readonly openViews: number;
}

export interface HostKeeperOptions {
  readonly open: () => Promise<ChannelHost>;
  readonly onHost: (host: ChannelHost) => void;
  readonly onViews: (open: number) => void;
}

export function createHostKeeper({ open, onHost, onViews }: HostKeeperOptions): HostKeeper {
  let server: Promise<HostServer> | null = null;
  let openViews = 0;

  function serverOf(): Promise<HostServer> {
    server ??= open().then(
      (host) => {
        onHost(host);
        return createHostServer(host);
      },
      (error: unknown) => {
        // Nothing is pretended: every request says why. The next view tries again.
        server = null;
        return createHostServer(refusingHost(error));
      },
    );
    return server;
  }

  return {
    start: () => void serverOf(),
    get openViews() {
      return openViews;
    },
    serve(port) {
      const view = countedPort(port);
      void serverOf().then((running) => {
        if (view.isOpen()) running.serve(view.port);
      });
    },
  };

  /** A view is open until either side closes its port. */
  function countedPort(port: BridgePort): { readonly port: BridgePort; readonly isOpen: () => boolean } {
    let open = true;
    const leave = (): void => {
      if (!open) return;
      open = false;
      onViews(--openViews);
    };
    onViews(++openViews);
    port.onClose(leave);
    const close = (): void => {
      port.close();
      leave();
    };
    return { port: { ...port, close }, isOpen: () => open };
  }
}
