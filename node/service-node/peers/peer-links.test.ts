import "../../polyfills.ts";
import type { Connection, Libp2p } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { expect, test } from "vitest";
import { PeerLinks, parsePeers } from "./peer-links.ts";

const PEER = "16Uiu2HAmPLe7Mzm8TsYUubgCAW1aJoeFScxrLj8ppHFivPo97bUZ";
const ADDRESS = `/ip4/192.0.2.1/tcp/60000/p2p/${PEER}`;

/** Links to a relay whose dials end as `outcomes` says, one after the other, and then hang. */
function bench(outcomes: ("refused" | "connected")[]) {
  const target = new EventTarget();
  const logged: string[] = [];
  const dialed: number[] = [];
  let connections: Connection[] = [];
  const libp2p = {
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    getConnections: () => connections,
    dial: async () => {
      dialed.push(performance.now());
      const outcome = outcomes.shift();
      if (outcome === undefined) return await new Promise<never>(() => {});
      if (outcome === "refused") throw new Error("nobody there");
      connections = [{ remotePeer: PEER } as unknown as Connection];
      return connections[0];
    },
  } as unknown as Libp2p;
  const times = { firstPauseMs: 20, longestPauseMs: 40 };
  const links = new PeerLinks(libp2p, [multiaddr(ADDRESS)], (line) => void logged.push(line), times);
  const lose = (): void => {
    connections = [];
    target.dispatchEvent(new CustomEvent("peer:disconnect"));
  };
  return { links, logged, dialed, lose };
}

test("a relay that cannot be reached is dialed on, and told of once; so is the next time", async () => {
  const { links, logged, dialed, lose } = bench(["refused", "refused", "refused", "connected", "refused", "refused"]);
  links.start();
  await expect.poll(() => dialed.length, { timeout: 10_000 }).toBe(4);
  await expect.poll(() => logged.length).toBe(2);
  lose();
  await expect.poll(() => dialed.length, { timeout: 10_000 }).toBe(7);
  links.stop();
  const unreachable = `relay ${ADDRESS} cannot be reached, trying on: nobody there`;
  expect(logged).toEqual([unreachable, `relay ${ADDRESS} connected`, `relay ${ADDRESS} lost`, unreachable]);
});

test("an address that names this node, or is none, is refused with words", () => {
  expect(parsePeers([ADDRESS], "another").map(String)).toEqual([ADDRESS]);
  expect(() => parsePeers([ADDRESS], PEER)).toThrow("this node's own peer id");
  expect(() => parsePeers(["192.0.2.1:60000"], PEER)).toThrow('"192.0.2.1:60000" is no multiaddr');
});
