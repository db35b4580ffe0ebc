import { expect, test } from "vitest";
import { networkAddressOf } from "./transport-pool.ts";

//= protocol: CHANNEL-2
test("the local network is the service node on this machine, under the address that is written down", () => {
  const { clusterId, shards, multiaddrs } = networkAddressOf({ preset: "local" });
  expect([clusterId, shards]).toEqual([42, 8]);
  expect(multiaddrs).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/8645\/ws\/p2p\/16Uiu2\w+$/)]);
});

test("another network is where its channel says", () => {
  const multiaddrs = ["/dns4/node.example/tcp/443/wss/p2p/16U"];
  const address = networkAddressOf({ preset: "custom", cluster: 7, shards: 3, multiaddrs });
  expect(address).toEqual({ clusterId: 7, shards: 3, multiaddrs });
});
