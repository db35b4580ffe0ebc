import "../../polyfills.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";

/** Uses a transport and closes it; the exit of the process then shows whether anything was left behind. */
const [, , multiaddr = ""] = process.argv;
const contentTopic = "/hearback/1/open-and-close/proto";
const transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs: [multiaddr] } });
const heard = new Promise((resolve) => transport.subscribe(contentTopic, resolve));
await new Promise<void>((resolve) => {
  transport.onHealth(({ kind }) => {
    if (kind === "online") {
      resolve();
    }
  });
});
await transport.publish({
  contentTopic,
  payload: Uint8Array.of(1),
  version: 1,
  ephemeral: true,
  timestamp: Date.now(),
});
await heard;
await transport.close();
const closedAt = Date.now();
process.on("exit", () => console.log(`closed, then ended after ${Date.now() - closedAt} ms`));
