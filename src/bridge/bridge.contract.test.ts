import { describe, test } from "vitest";
import { channelClientContract } from "../channel/api/channel-client.contract.ts";
import { channelHostContract } from "../channel/api/channel-host.contract.ts";
import type { ChannelHost } from "../channel/api/channel-host.ts";
import type { HostFixture } from "../channel/testing/contract-fixture.ts";
import { directHosts } from "../channel/testing/host-pair.ts";
import { createSeededRandom } from "../runtime/seeded-random.ts";
import { connectHost } from "./client/connect-host.ts";
import { messagePort } from "./ports/message-port.ts";
import type { BridgePort } from "./ports/port.ts";
import { runtimePort } from "./ports/runtime-port.ts";
import { createHostServer } from "./server/serve-host.ts";
import { breakableLink, type Fault } from "./testing/breakable-port.ts";
import { runtimePortPair } from "./testing/runtime-port-pair.ts";

const SEED = 20_260;

/** Each device behind a bridge of real MessageChannels, over which everything is cloned. */
function overBridge(connect: (serve: (port: BridgePort) => void) => ChannelHost): HostFixture {
  return {
    async makeHost() {
      const pair = await directHosts.makeHost();
      const servers = [createHostServer(pair.host), createHostServer(pair.other)] as const;
      const host = connect(servers[0].serve);
      const other = connect(servers[1].serve);
      return {
        host,
        other,
        async close() {
          for (const remote of [host, other]) await remote.close();
          for (const server of servers) server.close();
          await pair.close();
        },
      };
    },
  };
}

const overOnePort = overBridge((serve) => {
  const { port1, port2 } = new MessageChannel();
  serve(messagePort(port2));
  return connectHost(messagePort(port1));
});

/** Of a hundred messages three break their port in both directions, and five come twice. */
const overBreakingPorts = overBridge((serve) => {
  const random = createSeededRandom(SEED);
  const fault = (): Fault => {
    const draw = random.next();
    return draw < 0.03 ? "break" : draw < 0.08 ? "duplicate" : "pass";
  };
  const openPort = (): BridgePort => {
    const link = breakableLink(fault);
    serve(link.worker);
    return link.page;
  };
  const reconnect = { firstDelayMs: 1, maxDelayMs: 4, attempts: 1_000_000, helloTimeoutMs: 1_000 };
  return connectHost(openPort, { reconnect });
});

/** The ports of an extension, as far as they are used: texts cross asynchronously, the other end hears of the end. */
const overRuntimePorts = overBridge((serve) =>
  connectHost(() => {
    const [page, worker] = runtimePortPair();
    serve(runtimePort(worker));
    return runtimePort(page);
  }),
);

const fixtures: Readonly<Record<string, HostFixture>> = {
  "over one message port": overOnePort,
  "over an extension's ports": overRuntimePorts,
  "over ports that keep breaking": overBreakingPorts,
};

for (const [where, fixture] of Object.entries(fixtures)) {
  describe(`a channel host ${where}`, () => {
    for (const { name, run } of channelHostContract) test(name, () => run(fixture));
  });

  describe(`a channel client ${where}`, () => {
    for (const { name, run } of channelClientContract) test(name, () => run(fixture));
  });
}
