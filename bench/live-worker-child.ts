/** The worker of `live.ts`: joins a channel, serves it to views over the channel to its parent, and says what that cost. */
import { performance } from "node:perf_hooks";
import { runtimePort } from "../src/bridge/ports/runtime-port.ts";
import { createHostServer } from "../src/bridge/server/serve-host.ts";
import { textOf } from "../src/channel/disk/body-cache.ts";
import { createChannelHost } from "../src/channel/host/host.ts";
import { parseInvite } from "../src/identity/joining/invite.ts";
import { decryptPayload } from "../src/identity/secrecy/payload-encryption.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import type { LiveFrame, Transport } from "../src/transport/port.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import { ipcPort } from "./support/ipc-port.ts";
import { LIVE, type LiveWorkerFigures, type ToWorker } from "./support/live-figures.ts";
import { isOnline } from "./support/online.ts";
import { type Shares, startProfile } from "./support/profile.ts";

let frames: LiveFrame[] = [];
let key: Uint8Array = new Uint8Array();
let stopMeasuring = async (): Promise<LiveWorkerFigures> => Promise.reject(new Error("Nothing is measured."));

/** The same transport; what comes is noted, to be read when nothing is measured any more. */
function noting(transport: Transport): Transport {
  return {
    ...transport,
    subscribe: (topic, listener) =>
      transport.subscribe(topic, (frame) => {
        if (!frame.ephemeral) frames.push(frame);
        listener(frame);
      }),
  };
}

const host = createChannelHost({
  storage: createMemoryStorage(),
  openTransport: (network) => noting(createWakuTransport({ network })),
});
process.setMaxListeners(0);
const server = createHostServer(host);
for (let view = 0; view < LIVE.views; view++) server.serve(runtimePort(ipcPort(process, view)));

async function join(invite: string): Promise<void> {
  ({ key } = parseInvite(invite));
  const { id } = await host.join({ invite, displayName: "Viewer" });
  await isOnline(host.open(id));
  process.send?.({ joined: id });
}

async function measure(profile: boolean): Promise<void> {
  frames = [];
  const stopProfile = profile ? await startProfile() : async (): Promise<Shares> => [];
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
  stopMeasuring = async () => {
    const wallMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    const shares = await stopProfile();
    return { cpuMs: (user + system) / 1_000, wallMs, arrivals: await arrivals(), shares };
  };
}

/** Of each message the first frame: it may have been sent again. */
async function arrivals(): Promise<LiveWorkerFigures["arrivals"]> {
  const first = new Map<string, number>();
  for (const { payload, arrivedAt } of frames) {
    const text = textOf((await decryptPayload(key, payload)) ?? new Uint8Array());
    if (text.startsWith("At ") && !first.has(text)) first.set(text, arrivedAt);
  }
  return [...first].map(([text, arrivedAt]) => ({ text, arrivedAt }));
}

/** What fails is said before the process ends: its parent waits for what comes of it. */
function must(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

process.on("message", (message: Partial<ToWorker>) => {
  if (message.kind === "join") must(join(message.invite ?? ""));
  if (message.kind === "measure") must(measure(message.profile === true));
  if (message.kind === "stop") must(stopMeasuring().then((figures) => process.send?.({ figures })));
});
process.on("disconnect", () => process.exit());
