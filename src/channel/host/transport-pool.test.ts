import { describe, expect, it } from "vitest";
import { createRecordingTransport } from "../testing/order-fixture.ts";
import { createTransportPool, networkAddressOf } from "./transport-pool.ts";

const LOCAL = networkAddressOf({ preset: "local" });
const OTHER = networkAddressOf({
  preset: "custom",
  cluster: 9,
  shards: 1,
  multiaddrs: ["/dns4/a.example/tcp/443/wss"],
});

function pool(close: () => Promise<void> = async () => {}) {
  const log: string[] = [];
  const transports = createTransportPool(({ clusterId }) => {
    const number = log.filter((entry) => entry.startsWith("open")).length + 1;
    log.push(`open ${number} of ${clusterId}`);
    return {
      ...createRecordingTransport(() => {}),
      close: async () => {
        log.push(`close ${number}`);
        await close();
      },
    };
  });
  return { log, transports };
}

describe("a pool of transports", () => {
  it("has one for each network, closed by the last that gives it back, and a new one afterwards", async () => {
    const { log, transports } = pool();
    const [first, second, other] = [LOCAL, LOCAL, OTHER].map((network) => transports.of(network));
    expect(first).toBe(second);
    expect(other).not.toBe(first);
    await transports.release(LOCAL);
    expect(log).toEqual([`open 1 of ${LOCAL.clusterId}`, "open 2 of 9"]);
    await transports.release({ ...LOCAL });
    expect(log.slice(2)).toEqual(["close 1"]);
    await transports.release(LOCAL);
    expect(log.length).toBe(3);
    expect(transports.of(LOCAL)).not.toBe(first);
  });

  it("closes all at the end, each once, and does not fail because one cannot be closed", async () => {
    const { log, transports } = pool(() => Promise.reject(new Error("The network stack is stuck.")));
    for (const network of [LOCAL, OTHER, LOCAL]) transports.of(network);
    await transports.close();
    await transports.close();
    expect(log.slice(2)).toEqual(["close 1", "close 2"]);
    transports.of(LOCAL);
    await transports.release(LOCAL);
    expect(log.at(-1)).toBe("close 3");
  });
});

//= protocol: CHANNEL-2
it("the local network is the service node on this machine, under the address that is written down", () => {
  const { clusterId, shards, multiaddrs } = networkAddressOf({ preset: "local" });
  expect([clusterId, shards]).toEqual([42, 8]);
  expect(multiaddrs).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/8645\/ws\/p2p\/16Uiu2\w+$/)]);
});

it("another network is where its channel says", () => {
  const multiaddrs = ["/dns4/node.example/tcp/443/wss/p2p/16U"];
  const address = networkAddressOf({ preset: "custom", cluster: 7, shards: 3, multiaddrs });
  expect(address).toEqual({ clusterId: 7, shards: 3, multiaddrs });
});
