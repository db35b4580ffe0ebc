import { messagePort } from "../src/bridge/ports/message-port.ts";
import { serveHost } from "../src/bridge/server/serve-host.ts";
import type { ChannelHost } from "../src/channel/api/channel-host.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { refusingHost } from "../src/channel/host/refusing-host.ts";
import { createDexieStorage } from "../src/storage/dexie/dexie-storage.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import { type Attention, hearAttention, isAttention } from "./attention.ts";
import { databaseOf } from "./database-name.ts";
import { holdWhileRunning, type WorkerStart } from "./worker-lock.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The page names the worker after the participant, whose database is its own. */
const database = databaseOf(self.name);

/** While its page is hidden, service nodes are asked less often. */
const isAttended = hearAttention(self);

self.addEventListener("message", ({ data }: MessageEvent<WorkerStart | Attention>) => {
  if (isAttention(data)) return;
  holdWhileRunning(data.lock, self);
  const port = messagePort(data.port);
  openHost().then(
    (host) => serveHost(port, host),
    (error: unknown) => serveHost(port, refusingHost(error)),
  );
});

async function openHost(): Promise<ChannelHost> {
  const storage = await createDexieStorage({ name: database });
  return createChannelHost({
    ...{ storage, isAttended },
    openTransport: (network) => createWakuTransport({ network, isAttended }),
  });
}
