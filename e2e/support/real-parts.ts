import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stopGroup } from "../../scripts/lib/processes.mjs";
import { startServiceNode } from "../../scripts/lib/service-node.mjs";
import { serveFolder } from "../../scripts/lib/static-server.mjs";
import { LOCAL_NETWORK } from "../../src/transport/waku/local-network.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A service node in a process of its own, on a port of its own, which can die and come back. */
export interface TestServiceNode {
  /** What a channel names to use this node. */
  readonly multiaddr: string;
  /** SIGKILL: no goodbye, and what it stored is gone. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestServiceNode(): Promise<TestServiceNode> {
  const port = await freePort();
  let node = await startServiceNode(ROOT, port);
  return {
    multiaddr: localAddress(port),
    async kill() {
      const gone = once(node.process, "exit");
      node.process.kill("SIGKILL");
      await gone;
    },
    async revive() {
      node = await startServiceNode(ROOT, port);
    },
    stop: () => stopGroup(node.process.pid),
  };
}

export interface DemoServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built demo (npm run build:demo) on a free port. */
export function serveDemo(): Promise<DemoServer> {
  return serveFolder(join(ROOT, "dist", "web-demo"));
}

/** The well-known local address with another port: test nodes have the local node's identity. */
function localAddress(port: number): string {
  const address = LOCAL_NETWORK.multiaddrs[0];
  if (address === undefined) throw new Error("LOCAL_NETWORK names no service node");
  return address.replace(/\/tcp\/\d+\//, `/tcp/${port}/`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port was given");
  server.close();
  await once(server, "close");
  return address.port;
}
