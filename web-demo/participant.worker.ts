import { messagePort } from "../src/bridge/ports/message-port.ts";
import { serveHost } from "../src/bridge/server/serve-host.ts";
import type { ChannelHost } from "../src/channel/api/channel-host.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { refusingHost } from "../src/channel/host/refusing-host.ts";
import { createDexieStorage } from "../src/storage/dexie/dexie-storage.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import { databaseOf } from "./database-name.ts";
import { holdWhileRunning, type WorkerStart } from "./worker-lock.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The page names the worker after the participant, whose database is its own. */
const database = databaseOf(self.name);

self.addEventListener("message", (event: MessageEvent<WorkerStart>) => {
  holdWhileRunning(event.data.lock, self);
  const port = messagePort(event.data.port);
  openHost().then(
    (host) => serveHost(port, host),
    (error: unknown) => serveHost(port, refusingHost(error)),
  );
});

async function openHost(): Promise<ChannelHost> {
  const storage = await createDexieStorage({ name: database });
  return createChannelHost({ storage, openTransport: (network) => createWakuTransport({ network }) });
}
