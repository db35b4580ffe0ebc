import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { addressesOf, type Bench } from "./bench.ts";
import { missesOf, type Scenario } from "./scenario.ts";

const OTHERS = 30;
const LOOK_MS = 6_000;

/** Servers of others, which a service node says are its own addresses. */
async function startOthers(bench: Bench): Promise<{ addresses: string[]; dialled: () => number }> {
  let dialled = 0;
  const addresses: string[] = [];
  for (let number = 0; number < OTHERS; number++) {
    const server: Server = createServer((socket) => {
      dialled++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    bench.atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
    addresses.push(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}/ws`);
  }
  return { addresses, dialled: () => dialled };
}

export const othersAddresses: Scenario = {
  name: "others-addresses",
  misdeed: `Identify names ${OTHERS} addresses of others as its own, and its connection breaks again and again.`,
  mustHold: "Only the address that the person accepted is dialled.",
  run: async (bench) => {
    const { addresses, dialled } = await startOthers(bench);
    const node = await bench.hostile({}, addresses);
    let connections = 0;
    node.addEventListener("connection:open", () => connections++);
    const named = addressesOf(node).filter((address) => !addresses.some((other) => address.startsWith(other)));
    const transport = bench.connect(named);
    transport.subscribe("/hearback/1/others-addresses/proto", () => undefined);
    const isOnline = await bench.comesAbout(() => transport.health().kind === "online");
    const deadline = Date.now() + LOOK_MS;
    while (Date.now() < deadline) {
      for (const connection of node.getConnections()) connection.abort(new Error("it breaks"));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return {
      misses: missesOf({
        "it was online": isOnline,
        "it came back": connections > 1,
        [`nobody else was dialled (${dialled()} times)`]: dialled() === 0,
      }),
      measured: { connections, others: OTHERS, dialled: dialled() },
    };
  },
};
