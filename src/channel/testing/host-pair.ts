import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import { createChannelHost } from "../host/host.ts";
import type { HostFixture } from "./contract-fixture.ts";

/** The real host, twice, on memory storage and one network in memory. */
export const directHosts: HostFixture = {
  async makeHost() {
    const network = createMemoryNetwork();
    const newHost = () =>
      createChannelHost({ storage: createMemoryStorage(), openTransport: () => network.transport() });
    const [host, other] = [newHost(), newHost()];
    return {
      host,
      other,
      async close() {
        await host.close();
        await other.close();
      },
    };
  },
};
