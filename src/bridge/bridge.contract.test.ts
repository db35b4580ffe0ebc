import { describe, test } from "vitest";
import { channelClientContract } from "../channel/channel-client.contract.ts";
import { channelHostContract } from "../channel/channel-host.contract.ts";
import type { ChannelHost } from "../channel/channel-host.ts";
import type { HostFixture } from "../channel/testing/contract-fixture.ts";
import { directHosts } from "../channel/testing/host-pair.ts";
import { connectHost } from "./connect-host.ts";
import { messagePort } from "./message-port.ts";
import type { BridgePort } from "./port.ts";
import { createHostServer } from "./serve-host.ts";

/** Each device behind a bridge of real MessageChannels, over which everything is cloned. */
type Source = (open: () => BridgePort) => BridgePort | (() => BridgePort);

function overBridge(source: Source): HostFixture {
  return {
    async makeHost() {
      const pair = await directHosts.makeHost();
      const bridges = [pair.host, pair.other].map((host) => bridgeTo(host, source));
      const [host, other] = bridges.map(({ remote }) => remote);
      if (host === undefined || other === undefined) throw new Error("There are two hosts.");
      return {
        host,
        other,
        async close() {
          for (const { remote, server } of bridges) {
            await remote.close();
            server.close();
          }
          await pair.close();
        },
      };
    },
  };
}

function bridgeTo(host: ChannelHost, source: Source) {
  const server = createHostServer(host);
  const openPort = (): BridgePort => {
    const { port1, port2 } = new MessageChannel();
    server.serve(messagePort(port2));
    return messagePort(port1);
  };
  return { server, remote: connectHost(source(openPort)) };
}

const fixtures: Readonly<Record<string, HostFixture>> = {
  "over one message port": overBridge((open) => open()),
};

for (const [where, fixture] of Object.entries(fixtures)) {
  describe(`a channel host ${where}`, () => {
    for (const { name, run } of channelHostContract) test(name, () => run(fixture));
  });

  describe(`a channel client ${where}`, () => {
    for (const { name, run } of channelClientContract) test(name, () => run(fixture));
  });
}
